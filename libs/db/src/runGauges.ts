import { type Database } from '@muster/core/database';

/** How the runs of all companies stand, in numbers. */
export interface RunGauges {
  open: { pending: number; running: number };
  /** Open ones without a place. */
  waiting: number;
  /** Failed with the code `parked`. */
  parked: number;
  /** Deliveries that may or may not have arrived. */
  unknown: number;
  /** How late the oldest due slot is that is not recorded yet; 0 where none is. */
  overdueSeconds: number;
}

const LIMIT_MS = 2_000; // whoever asks does not wait longer, and the database has better things to do

// Each part reads an index of its own that holds just those rows, or all that is open.
const COUNT = `
  select
    (select count(*) from run where status = 'pending')::int as pending,
    (select count(*) from run where status = 'running')::int as running,
    (select count(*) from run
      where status in ('pending', 'running') and rung_at is null and worker = 'own')::int as waiting,
    (select count(*) from run where status = 'failed' and error_code = 'parked')::int as parked,
    (select count(*) from delivery where state = 'unknown')::int as unknown,
    (select coalesce(extract(epoch from $1::timestamptz - min(next_due_at)), 0) from campaign
      where next_due_at <= $1 and deleted_at is null)::float8 as "overdueSeconds"`;

/** Counts how the runs of all companies stand, in at most 2 s; `db` must see them all. */
export function readRunGauges(db: Database): Promise<RunGauges> {
  return db.transaction(async (tx) => {
    await tx.execute(`set local statement_timeout = ${LIMIT_MS}`);
    const [row] = await tx.query<Omit<RunGauges, 'open'> & RunGauges['open']>(COUNT, [await tx.now()]);
    if (!row) throw new Error('counting gave nothing');
    const { pending, running, ...rest } = row;
    return { open: { pending, running }, ...rest };
  });
}
