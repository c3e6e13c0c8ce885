import { type RunFile } from './run.ts';
import { type Lease } from './runs.ts';

export const deliveryStates = [
  'planned',
  'uploading',
  'uploaded',
  'renaming',
  'delivered',
  'unknown',
  'failed',
  'superseded',
  'canceled',
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** One try to deliver one file: a row of the ledger. */
export interface Delivery {
  file: RunFile;
  try: number;
  state: DeliveryState;
  remoteName: string;
  temporaryName: string;
  sizeBytes: number;
  sha256: string;
}

/**
 * The delivery ledger: what was begun, and how it ended. Every write is refused with LeaseLost once another attempt has
 * begun. At most one row of a file can ever be `renaming`, `delivered` or `unknown`.
 */
export interface Deliveries {
  /** The last try of a file, if there was any. */
  last(runId: string, file: RunFile): Promise<Delivery | undefined>;
  /** Plans the next try, with a temporary name that no other run and no other try ever bears. */
  plan(lease: Lease, file: Omit<Delivery, 'try' | 'state' | 'temporaryName'>): Promise<Delivery>;
  /** Moves a try on. */
  mark(lease: Lease, delivery: Delivery, to: { state: DeliveryState; message?: string }): Promise<void>;
  /**
   * Commits that the rename is about to be sent, under the run's row lock. Throws CancelAsked where a cancel came first:
   * then nothing may be renamed.
   */
  beginRename(lease: Lease, delivery: Delivery): Promise<void>;
}
