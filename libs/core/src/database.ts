import { type Readable, type Writable } from 'node:stream';

/** What is done in a transaction; nothing was `opened` where no statement went along. */
export type Work<Tx, Result> = (tx: Tx, opened: Record<string, unknown>[]) => Promise<Result>;

/** What our SQL needs of PostgreSQL. Implemented in `libs/db`; handed in wherever sets of rows are worked on. */
export interface Database {
  /** Runs one statement and gives its rows. bigint columns come back as strings, numeric as strings, timestamptz as Date. */
  query<Row = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /**
   * Runs one statement and gives the number of rows that it touched. Without parameters it may be several, with `;` between, in
   * one way there and back: then nobody counts rows.
   */
  execute(sql: string, parameters?: readonly unknown[]): Promise<number>;
  /** `COPY … FROM STDIN`, fed from a stream; gives the number of rows. A failure of either side ends both. */
  copyIn(sql: string, from: Readable, signal?: AbortSignal): Promise<number>;
  /** `COPY … TO STDOUT`, into a stream that is ended when all is written; gives the number of rows. */
  copyOut(sql: string, to: Writable, signal?: AbortSignal): Promise<number>;
  /**
   * Runs `work` in one transaction on one connection: committed when it resolves, rolled back when it throws. `opening` is a
   * statement without parameters that goes along with its `begin`, in one way there and back; `work` is handed its rows.
   */
  transaction<Result>(work: Work<Database, Result>, opening?: string): Promise<Result>;
  /** The one clock that rules use: the database's. Tests may hand in a database whose clock they move. */
  now(): Promise<Date>;
}
