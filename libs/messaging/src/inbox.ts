import { LeaseLost } from './leaseLost.ts';
import { type ChargeOutcome, type Charge, type GatewayAddress, type OutgoingText } from './gateways.ts';

/** A text that came in, and that we handle: every write names its attempt, and is refused once another one has begun. */
export interface MessageLease {
  messageGuid: string;
  attempt: number;
}

export interface MessageClaim extends MessageLease {
  companyId: string;
  /** How often it was begun, this time included; what a stopping worker gave back does not count. */
  tries: number;
  /** Since its first try failed; 0: none has. */
  failingForMs: number;
}

/** What is to be done outside for a text: written down before, so that it is done once whatever crashes. */
export interface MessagePlan {
  /** Its `key` stands for it at the gateway, always the same. Null: nothing is charged, or it has been already. */
  charge: Charge | null;
  /** Whether an earlier attempt may have asked for the charge. */
  wasAsked: boolean;
  /** Null: nothing is sent, or not yet, or it has been already. */
  text: OutgoingText | null;
}

/** Where the gateways of a company are; null: it has none. */
export interface CompanyGateways {
  text: GatewayAddress | null;
  payment: GatewayAddress | null;
}

/** What became of a text: taken by the gateway, or never to be sent. */
export type TextOutcome = { outcome: 'sent'; gatewayId: string } | { outcome: 'refused'; code: string };

/** The text that answers, and what became of it. */
export interface AnsweredText {
  text: OutgoingText;
  outcome: TextOutcome;
}

/**
 * The texts that came in, in PostgreSQL, where the truth is. Every method that takes a lease throws MessageLost when another
 * attempt has the text by now, or when it is settled, and then has changed nothing.
 */
export interface Inbox {
  /** Takes the text that has waited longest, but none before the earlier ones of its number are settled. Undefined: none waits. */
  claim(): Promise<MessageClaim | undefined>;
  /** The heartbeat. */
  renew(lease: MessageLease): Promise<'held' | 'lost'>;
  /**
   * Decides what is done for a text, and writes it down; again: what is left of it. A charge that it gives counts as asked for from
   * then on; one that was never asked for is refused where what it is for has ended meanwhile.
   */
  plan(claim: MessageClaim): Promise<MessagePlan>;
  /** Takes back that a charge was asked for: this attempt could not, and no earlier one did. */
  noteUnasked(claim: MessageClaim, charge: Charge): Promise<void>;
  /** Writes down what became of the charge, and what follows from it; gives what is left to be done. */
  noteCharge(claim: MessageClaim, charge: Charge, outcome: ChargeOutcome): Promise<MessagePlan>;
  /** Settles it: it was handled, well or with what was written down; with what became of its answer, where it has one. */
  finish(claim: MessageClaim, answered?: AnsweredText): Promise<void>;
  /** Gives it up: nothing more is done for it. Its charge is refused if it was never asked for, else nobody knows. */
  giveUp(claim: MessageClaim, error: { code: string; message: string }): Promise<void>;
  /** Puts it off; those of the same number wait behind it. */
  postpone(claim: MessageClaim, delayMs: number): Promise<void>;
  /** Gives it back uncounted, for a worker that must go. */
  release(lease: MessageLease): Promise<void>;
  /** Says of an attempt that has lost its lease that it lives: what its successor has counted was no crash. */
  takeCrashBack(lease: MessageLease): Promise<void>;
  gatewaysOf(companyId: string): Promise<CompanyGateways>;
}

/** Another attempt has the text by now: stop at once, and write nothing. */
export class MessageLost extends LeaseLost {
  constructor({ messageGuid, attempt }: MessageLease) {
    super(`message ${messageGuid}`, attempt);
    this.name = 'MessageLost';
  }
}
