import { type Database } from '@muster/core/database';
import {
  kindsOf,
  MOST_TRIES,
  type TaskClaim,
  type TaskError,
  type TaskKind,
  type TaskLease,
  TaskLost,
  type TaskQueue,
  type Tasks,
} from '@muster/pipeline/tasks';

const HELD = `id = $1 and attempt = $2 and status = 'running'`;

interface TaskOptions {
  leaseMs: number;
  /** Told of a task that has lost so many workers that it was ended: somebody must look. */
  onParked?: (parked: TaskClaim) => void;
}

/** The tasks of all companies, as their workers see them. */
export function tasks(db: Database, options: TaskOptions): Tasks {
  const { leaseMs } = options;
  return {
    claim: (wanted) => claim(db, wanted, options),
    renew: (lease) => renew(db, lease, leaseMs),
    note: (lease, progress) => write(db, lease, { set: 'progress = $3', values: [progress] }),
    release: (lease, delayMs = 0) =>
      write(db, lease, {
        set: `status = 'pending', lease_until = null, tries = greatest(tries - 1, 0),
              not_before = clock_timestamp() + $3 * interval '1 ms'`,
        values: [delayMs],
      }),
    postpone: (lease, delayMs, { code, message }) =>
      write(db, lease, {
        set: `status = 'pending', lease_until = null, not_before = clock_timestamp() + $3 * interval '1 ms',
              error_code = $4, error_message = $5`,
        values: [delayMs, code, message],
      }),
    succeed: (lease, result) => succeedTask(db, lease, result),
    fail: (lease, error) => fail(db, lease, error),
  };
}

/** Ends a task well, in the caller's transaction if `db` is one. Throws TaskLost when another attempt holds it by now. */
export function succeedTask(db: Database, lease: TaskLease, result: Record<string, unknown>): Promise<void> {
  return write(db, lease, {
    set: `status = 'succeeded', lease_until = null, finished_at = clock_timestamp(), result = $3, progress = null,
          error_code = null, error_message = null`,
    values: [result],
  });
}

function fail(db: Database, lease: TaskLease, { code, message, mayPass = false }: TaskError) {
  return write(db, lease, {
    set: `status = 'failed', lease_until = null, finished_at = clock_timestamp(), error_code = $3, error_message = $4,
          error_may_pass = $5`,
    values: [code, message, mayPass],
  });
}

async function write(db: Database, lease: TaskLease, { set, values }: { set: string; values: unknown[] }) {
  const held = await db.execute(`update task set ${set}, updated_at = clock_timestamp() where ${HELD}`, [
    lease.taskId,
    lease.attempt,
    ...values,
  ]);
  if (held === 0) throw new TaskLost(lease);
}

interface ClaimedRow {
  id: string;
  attempt: number;
  tries: number;
  kind: TaskKind;
  company_id: string;
  input: Record<string, unknown>;
  request_id: string | null;
  status: 'running' | 'failed';
}

// Companies with the fewest at work come first, and of these the one whose last task began longest ago: a thousand bulk
// loads of one hold up nobody else's, also where there is one lane. When that was is looked up for those that wait, by an
// index, since the tasks that have ended are as many as the runs; and kept as one value, since a planner that expects few to
// wait would go through all companies for each.
const CLAIM = `
  with busy as materialized (
    select company_id, count(*) as n from task where status = 'running' and lease_until > clock_timestamp()
    group by company_id
  ), lately as materialized (
    select jsonb_object_agg(company_id, began) as began from (
      select company_id, (select max(extract(epoch from latest.started_at)) from unnest($1::text[]) as asked (kind)
        cross join lateral (select started_at from task ended
          where ended.company_id = asking.company_id and ended.kind = asked.kind and status in ('succeeded', 'failed')
            and started_at is not null
          order by started_at desc limit 1) as latest) as began
      from (select distinct company_id from task where status in ('pending', 'running') and kind = any($1)) as asking
    ) as turn
  ), next as (
    select task.id from task left join busy using (company_id)
    where status in ('pending', 'running') and kind = any($1)
      and (lease_until is null or lease_until < clock_timestamp())
      and (not_before is null or not_before <= clock_timestamp())
      and (expires_at is null or expires_at > clock_timestamp()) and cancel_asked_at is null
    order by coalesce(busy.n, 0), ((select began from lately) ->> task.company_id)::numeric nulls first, created_at, id
    limit 1 for no key update of task skip locked
  )
  update task set
    attempt = attempt + 1,
    tries = tries + 1,
    status = case when tries < ${MOST_TRIES} then 'running' else 'failed' end,
    lease_until = case when tries < ${MOST_TRIES} then clock_timestamp() + $2 * interval '1 ms' end,
    not_before = null,
    started_at = coalesce(started_at, clock_timestamp()),
    updated_at = clock_timestamp(),
    finished_at = case when tries >= ${MOST_TRIES} then clock_timestamp() end,
    error_code = case when tries >= ${MOST_TRIES} then 'parked' else error_code end,
    error_message = case when tries >= ${MOST_TRIES}
      then format('it killed its worker %s times: look at the worker''s log', tries) else error_message end
  from next where task.id = next.id
  returning task.id, attempt, tries, kind, company_id, input, request_id, status`;

async function claim(
  db: Database,
  { queue }: { queue: TaskQueue },
  { leaseMs, onParked }: TaskOptions,
): Promise<TaskClaim | undefined> {
  for (;;) {
    const [row] = await db.query<ClaimedRow>(CLAIM, [kindsOf(queue), leaseMs]);
    if (!row) return undefined;
    if (row.status === 'running') return claimOf(row);
    onParked?.(claimOf(row)); // and look on
  }
}

function claimOf(row: ClaimedRow): TaskClaim {
  const { id: taskId, attempt, tries, kind, company_id: companyId, input, request_id: requestId } = row;
  return { taskId, attempt, tries, kind, companyId, input, requestId };
}

async function renew(db: Database, lease: TaskLease, leaseMs: number): Promise<'held' | 'cancelAsked' | 'lost'> {
  const [row] = await db.query<{ given_up: boolean }>(
    `update task set lease_until = clock_timestamp() + $3 * interval '1 ms' where ${HELD}
     returning cancel_asked_at is not null or coalesce(expires_at < clock_timestamp(), false) as given_up`,
    [lease.taskId, lease.attempt, leaseMs],
  );
  if (!row) return 'lost';
  return row.given_up ? 'cancelAsked' : 'held';
}
