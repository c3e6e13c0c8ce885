import { type Charge, type ChargeOutcome } from './gateways.ts';
import { type CompanyGateways } from './inbox.ts';
import { LeaseLost } from './leaseLost.ts';

/** A charge of a due date that we make: every write names its attempt, and is refused once another one has begun. */
export interface DueLease {
  chargeGuid: string;
  attempt: number;
}

export interface DueClaim extends DueLease {
  companyId: string;
  /** How often it was begun, this time included; what a stopping worker gave back does not count. */
  tries: number;
  /** Since its first try failed; 0: none has. */
  failingForMs: number;
}

/** A charge that counts as asked for. */
export interface BegunCharge {
  charge: Charge;
  /** Whether an earlier attempt may have asked for it. */
  wasAsked: boolean;
}

/**
 * The charges that due dates ask for, in PostgreSQL, where the truth is. Every method that takes a lease throws ChargeLost when
 * another attempt has the charge by now, or when it is settled, and then has changed nothing.
 *
 *     wanted -> charged | refused -> (pursued: the next one is wanted)
 *            -> unknown: the gateway was asked, and nobody could find out what came of it; never asked again by itself
 */
export interface DueCharges {
  /** Takes the charge that has waited longest. Undefined: none waits. */
  claim(): Promise<DueClaim | undefined>;
  /** The heartbeat. */
  renew(lease: DueLease): Promise<'held' | 'lost'>;
  /**
   * The last look before the gateway is asked: what to ask for, the same each time. Else nothing, since its subscription goes
   * on no longer or a limit is reached, and what has become of the charge is written down: `unknown`, where it was asked for
   * before.
   */
  begin(lease: DueLease): Promise<BegunCharge | 'refused' | 'unknown'>;
  /** Takes back that it was asked for: this attempt could not, and no earlier one did. */
  noteUnasked(lease: DueLease): Promise<void>;
  /** Writes down what became of it, and what follows: the text that tells of it, or how its subscription goes on. */
  settle(lease: DueLease, outcome: ChargeOutcome): Promise<void>;
  /** Gives it up: if the gateway was asked, nobody knows what came of it. */
  giveUp(lease: DueLease, error: { code: string; message: string }): Promise<void>;
  postpone(lease: DueLease, delayMs: number): Promise<void>;
  /** Gives it back uncounted, for a worker that must go. */
  release(lease: DueLease): Promise<void>;
  /** Says of an attempt that has lost its lease that it lives: what its successor has counted was no crash. */
  takeCrashBack(lease: DueLease): Promise<void>;
  gatewaysOf(companyId: string): Promise<CompanyGateways>;
}

/** Another attempt has the charge by now, or it is settled: stop at once, and write nothing. */
export class ChargeLost extends LeaseLost {
  constructor({ chargeGuid, attempt }: DueLease) {
    super(`charge ${chargeGuid}`, attempt);
    this.name = 'ChargeLost';
  }
}
