import { type Database } from '@muster/core/database';
import { type SftpDrop } from '../e2e/sftpDrop.ts';

export const CONTACTS = 'contacts_output.csv';

/** What a test has begun, and what the outside has seen of it. */
export interface Scene {
  db: Database;
  /** The runs that the API has accepted. */
  accepted: readonly string[];
  drop: Pick<SftpDrop, 'names' | 'read' | 'renamesTo'>;
  /** The phones that a run's file must hold, found by other means than the product's; undefined: nobody knows. */
  phonesOf: (runId: string) => Promise<readonly string[] | undefined>;
}

/** A run as the database has it. */
export interface RunRow {
  id: string;
  status: string;
  generation: number;
  errorCode: string | null;
  funnelFault: string | null;
  exported: number | null;
  screened: boolean | null;
  /** Until when its verdicts may be acted on. */
  validUntil: Date | null;
  /** The kinds of its open alerts, and what it needs one of; null: none. */
  alerts: string[];
  needsAlert: string | null;
}

/** A delivery as the ledger has it. */
export interface DeliveryRow {
  runId: string;
  file: string;
  generation: number;
  state: string;
  remoteName: string;
  temporaryName: string;
  sha256: string;
  updatedAt: Date;
}
