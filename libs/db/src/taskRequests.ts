import { type TaskKind, type TaskStatus } from '@muster/pipeline/tasks';
import { type CompanyDatabase } from './openDatabase.ts';

/** A task that somebody waits for. */
export interface NewTask {
  kind: Extract<TaskKind, 'preview' | 'check'>;
  campaignId: string;
  /** How long whoever asked waits, in milliseconds. */
  waitMs: number;
  /** Of the key or token that asked. */
  requestedBy: string;
  requestId: string;
}

/** How a task stands. */
export interface TaskState {
  status: TaskStatus;
  progress: Record<string, unknown> | null;
  result: Record<string, unknown> | null;
  error: { code: string; message: string; mayPass: boolean } | null;
}

const PREFIX = { preview: 'PV', check: 'CK' };

/** Asks for a task of a campaign; gives its id. After `waitMs` no worker begins it any more. */
export async function insertTask(db: CompanyDatabase, task: NewTask): Promise<string> {
  const [row] = await db.query<{ id: string }>(
    `insert into task (id, company_id, kind, input, expires_at, requested_by, request_id)
     values (new_id($1), $2, $3, $4, clock_timestamp() + $5 * interval '1 ms', $6, $7) returning id`,
    [
      PREFIX[task.kind],
      db.companyId,
      task.kind,
      { campaignId: task.campaignId },
      task.waitMs,
      task.requestedBy,
      task.requestId,
    ],
  );
  if (!row) throw new Error('no task was made');
  return row.id;
}

/** How a task of the company stands; undefined where there is none. */
export async function findTask(db: CompanyDatabase, id: string): Promise<TaskState | undefined> {
  const [row] = await db.query<TaskState>(
    `select status, progress, result, case when error_code is not null then jsonb_build_object('code', error_code,
       'message', error_message, 'mayPass', coalesce(error_may_pass, false)) end as error
     from task where company_id = $1 and id = $2`,
    [db.companyId, id],
  );
  return row;
}

/** Nobody waits for it any longer: a worker that is at it hears so with its next heartbeat, and no other one begins. */
export async function abandonTask(db: CompanyDatabase, id: string): Promise<void> {
  await db.execute(
    `update task set cancel_asked_at = clock_timestamp() where company_id = $1 and id = $2 and status in ('pending', 'running')`,
    [db.companyId, id],
  );
}
