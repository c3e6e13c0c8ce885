/** What a guard of the company's own is asked about one contact: names of things only, never how to reach anybody. */
export interface OutsideCheck {
  /** Names the check in the answer; no two of a batch are alike. */
  ref: string;
  personId: string;
  /** Null: no contact is named yet. */
  contactId: string | null;
  channel: string;
  theme: string | null;
  loanId: string | null;
  isAutodialed: boolean;
  checkAtCompanyNoon: boolean;
}

/** What it said of one check. */
export interface OutsideAnswer {
  allowed: boolean;
  /** The codes of its reasons, with spaces between: at most 200 characters, safe to be shown. Null where it gave none. */
  said: string | null;
}

/** The most checks of a batch (contract: compliance-guard). */
export const MOST_CHECKS = 500;

/**
 * A guard that a company names beside our own rules: both must allow a contact. `check` asks it about one batch and gives
 * its answers by ref; one that it did not answer is not among them, and a missing answer is a no. Throws TemporaryFailure
 * where it is out of reach, slow or said "later", after some tries within a bounded time; PermanentFailure, with what to
 * mend, where it answers what is no answer. Nothing is believed of an answer that is not whole and well-formed.
 *
 * `probe` asks it once about nobody at all, in an empty batch, and throws what `check` would: for whoever wants to know
 * whether it is there.
 */
export interface OutsideGuard {
  check(url: string, checks: readonly OutsideCheck[], signal: AbortSignal): Promise<Map<string, OutsideAnswer>>;
  probe(url: string, signal: AbortSignal): Promise<void>;
}
