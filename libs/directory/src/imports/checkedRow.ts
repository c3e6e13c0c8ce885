import { type Fault } from '@muster/core/errors';

/** A row whose values were looked at one by one, and together as far as they go without the database. */
export interface CheckedRow {
  line: number;
  /** As PostgreSQL reads them, by position; undefined where there is none. */
  sql: (string | undefined)[];
  /** The sum of 2^position of the fields that null clears. */
  cleared: number;
  details: Record<string, unknown> | undefined;
  /** Empty where the row goes on. */
  faults: Fault[];
}
