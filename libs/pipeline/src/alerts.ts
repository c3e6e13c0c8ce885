/** An alert on its way to its company's webhook: taken for one try. */
export interface ClaimedAlert {
  id: string;
  companyId: string;
  kind: string;
  /** Of texts and charges the guid of theirs; null: they have none. */
  campaignId: string | null;
  /** What it is called now; null where it has no name. */
  campaignName: string | null;
  runId: string | null;
  /** Of a delivery: which of the run's files. */
  file: string | null;
  /** Of missed slots: how many, and the last of them. */
  slots: number | null;
  dueDate: string | null;
  code: string;
  message: string;
  createdAt: Date;
  resolvedAt: Date | null;
  /** Which try this is, from 1. */
  tries: number;
  /** When it began, by the database's clock. */
  triedAt: Date;
  /** Until then nobody else takes it. What comes of the try is recorded only if no other has begun, or was asked for, since. */
  heldUntil: Date;
  url: string;
  /** Opens the secret that signs; null where there is none. Throws PermanentFailure `secretUnreadable`. */
  readSecret(): string | null;
}

/** Which alerts are taken: so many, no more than some of each company, for so long that nobody else takes them. */
export interface AlertClaim {
  limit: number;
  perCompany: number;
  leaseMs: number;
}

/** The alerts that wait for a webhook. A sender that dies leaves its alerts to be taken again, under the same ids. */
export interface AlertOutbox {
  claim(wanted: AlertClaim): Promise<ClaimedAlert[]>;
  noteDelivered(alert: ClaimedAlert): Promise<void>;
  /** To be tried again after `delayMs`; `error` is shown to the company. */
  postpone(alert: ClaimedAlert, delayMs: number, error: string): Promise<void>;
  /** It stays in the list, and is tried no more. */
  giveUp(alert: ClaimedAlert, error: string): Promise<void>;
}
