import { type AlertKind, alertKinds } from './alerts.ts';
import { type Database } from '@muster/core/database';
import { longestWaiting } from './places.ts';

/** How the runs of all companies stand, in numbers. */
export interface RunGauges {
  open: { pending: number; running: number };
  /** Open ones without a place. */
  waiting: number;
  /** Parked, with an alert that is still open. */
  parked: number;
  /** Deliveries that may or may not have arrived. */
  unknown: number;
  /** What waits for a person, by kind, and of that what its company's webhook was not told yet, or never will be. */
  alerts: Record<AlertKind, number>;
  undelivered: number;
  dead: number;
  /** How late the oldest due slot is that is not recorded yet; 0 where none is. */
  overdueSeconds: number;
  /** Since when the oldest step that is due, of a run with a place, has waited for somebody to take it; 0 where none does. */
  stepsWaitingSeconds: number;
}

const ALERTS = `
  select kind, count(*)::int as open, count(*) filter (where webhook = 'dead')::int as dead from alert
  where resolved_at is null group by kind`;

const LIMIT_MS = 2_000; // whoever asks does not wait longer, and the database has better things to do

// Each part reads an index of its own that holds just those rows, or all that is open.
const COUNT = `
  select
    (select count(*) from run where status = 'pending')::int as pending,
    (select count(*) from run where status = 'running')::int as running,
    (select count(*) from run
      where status in ('pending', 'running') and rung_at is null and worker = 'own')::int as waiting,
    (select count(*) from alert where kind = 'run.parked' and resolved_at is null)::int as parked,
    (select count(*) from delivery where state = 'unknown')::int as unknown,
    (select count(*) from alert where webhook = 'pending')::int as undelivered,
    (select coalesce(extract(epoch from $1::timestamptz - min(next_due_at)), 0) from campaign
      where next_due_at <= $1 and deleted_at is null)::float8 as "overdueSeconds",
    greatest(0, coalesce(extract(epoch from $1::timestamptz - (${longestWaiting})), 0))::float8 as "stepsWaitingSeconds"`;

/** Counts how the runs of all companies stand, in at most 2 s; `db` must see them all. */
export function readRunGauges(db: Database): Promise<RunGauges> {
  return db.transaction(async (tx) => {
    await tx.execute(`set local statement_timeout = ${LIMIT_MS}`);
    const [row] = await tx.query<Omit<RunGauges, 'open' | 'alerts' | 'dead'> & RunGauges['open']>(COUNT, [
      await tx.now(),
    ]);
    if (!row) throw new Error('counting gave nothing');
    const { pending, running, ...rest } = row;
    const kinds = await tx.query<{ kind: AlertKind; open: number; dead: number }>(ALERTS);
    const alerts = Object.fromEntries(alertKinds.map((kind) => [kind, 0])) as RunGauges['alerts'];
    for (const { kind, open } of kinds) alerts[kind] = open;
    return { open: { pending, running }, alerts, dead: kinds.reduce((sum, { dead }) => sum + dead, 0), ...rest };
  });
}
