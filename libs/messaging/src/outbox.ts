import { type OutgoingText } from './gateways.ts';
import { type Inbox, type TextOutcome } from './inbox.ts';
import { LeaseLost } from './leaseLost.ts';

/** A text that we send: every write names its attempt, and is refused once another one has begun. */
export interface TextLease {
  textGuid: string;
  attempt: number;
}

export interface TextClaim extends TextLease {
  companyId: string;
  /** How often it was begun, this time included; what a stopping worker gave back does not count. */
  tries: number;
  /** Since its first try failed; 0: none has. */
  failingForMs: number;
  /** Its `key` stands for it at the gateway, always the same. */
  text: OutgoingText;
}

/**
 * The texts that answer none that came in - those of `SendSms`, those of charges on due dates - in PostgreSQL, where the truth
 * is. Every method that takes a lease throws TextLost when another attempt has the text by now, or when it is settled, and then
 * has changed nothing.
 */
export interface Outbox {
  /** Takes the text that has waited longest. Undefined: none waits. */
  claim(): Promise<TextClaim | undefined>;
  /** The heartbeat. */
  renew(lease: TextLease): Promise<'held' | 'lost'>;
  /** Settles it: writes down what became of it. */
  note(lease: TextLease, outcome: TextOutcome): Promise<void>;
  postpone(lease: TextLease, delayMs: number): Promise<void>;
  /** Gives it back uncounted, for a worker that must go. */
  release(lease: TextLease): Promise<void>;
  /** Says of an attempt that has lost its lease that it lives: what its successor has counted was no crash. */
  takeCrashBack(lease: TextLease): Promise<void>;
  gatewaysOf: Inbox['gatewaysOf'];
}

/** Another attempt has the text by now: stop at once, and write nothing. */
export class TextLost extends LeaseLost {
  constructor({ textGuid, attempt }: TextLease) {
    super(`text ${textGuid}`, attempt);
    this.name = 'TextLost';
  }
}
