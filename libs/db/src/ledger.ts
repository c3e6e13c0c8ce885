import { type Database } from '@muster/core/database';
import { type Deliveries, type Delivery, type DeliveryState } from '@muster/pipeline/deliveries';
import { LeaseLost } from '@muster/pipeline/leaseLost';
import { type Lease } from '@muster/pipeline/runs';
import { expectHeld, heldStep } from './heldStep.ts';

/** SQL for where the files of a run go, as its settings are now. */
export const destinationOf = (run: string) =>
  `jsonb_build_object('host', ${run}.settings #>> '{sftp,host}', 'directory', ${run}.settings #>> '{sftp,cdDir}')`;

interface DeliveryRow extends Omit<Delivery, 'sizeBytes'> {
  sizeBytes: string;
}

const COLUMNS = `file, try, state, remote_name as "remoteName", temporary_name as "temporaryName",
  size_bytes as "sizeBytes", sha256`;

// A write counts only while the attempt that makes it is the current one.
const HELD = `exists (select from run_step where run_id = $1 and name = $2 and attempt = $3 and status = 'running')`;

/** The delivery ledger in PostgreSQL; a partial unique index sees to it that no file is renamed twice. */
export function ledger(db: Database): Deliveries {
  return {
    last: async (runId, file) => {
      const [row] = await db.query<DeliveryRow>(
        `select ${COLUMNS} from delivery where run_id = $1 and file = $2 order by try desc limit 1`,
        [runId, file],
      );
      return row && deliveryOf(row);
    },
    plan: (lease, planned) => plan(db, lease, planned),
    mark: (lease, delivery, to) => mark(db, lease, { delivery, ...to }),
    beginRename: (lease, delivery) => beginRename(db, lease, delivery),
  };
}

async function plan(db: Database, lease: Lease, planned: Omit<Delivery, 'try' | 'state' | 'temporaryName'>) {
  const [row] = await db.query<DeliveryRow>(
    `insert into delivery
       (run_id, file, try, generation, state, remote_name, temporary_name, size_bytes, sha256, destination)
     select run.id, $4, n.try, run.generation, 'planned', $5, '.muster-' || run.id || '-' || $4 || '-' || n.try || '.part', $6, $7,
       ${destinationOf('run')}
     from run, (select coalesce(max(try), 0) + 1 as try from delivery where run_id = $1 and file = $4) n
     where run.id = $1 and ${HELD}
     returning ${COLUMNS}`,
    [...keyOf(lease), planned.file, planned.remoteName, planned.sizeBytes, planned.sha256],
  );
  if (!row) throw lost(lease);
  return deliveryOf(row);
}

interface Mark {
  delivery: Delivery;
  state: DeliveryState;
  message?: string;
}

async function mark(db: Database, lease: Lease, { delivery, state, message }: Mark) {
  const changed = await db.execute(
    `update delivery set state = $6, message = $7, updated_at = clock_timestamp()
     where run_id = $1 and file = $4 and try = $5 and ${HELD}`,
    [...keyOf(lease), delivery.file, delivery.try, state, message ?? null],
  );
  if (changed === 0) throw lost(lease);
  delivery.state = state;
}

// Whoever locks the run's row first, the rename or a cancel, wins.
const BEGIN_RENAME = `
  with ${heldStep()}, marked as (
    update delivery set state = 'renaming', message = null, updated_at = clock_timestamp() from holder
    where run_id = holder.id and file = $4 and try = $5 and not holder.canceled
    returning run_id
  )
  select canceled from holder where canceled or exists (select from marked)`;

async function beginRename(db: Database, lease: Lease, delivery: Delivery): Promise<void> {
  expectHeld(
    lease,
    await db.query<{ canceled: boolean }>(BEGIN_RENAME, [...keyOf(lease), delivery.file, delivery.try]),
  );
  delivery.state = 'renaming';
}

function deliveryOf({ sizeBytes, ...row }: DeliveryRow): Delivery {
  return { ...row, sizeBytes: Number(sizeBytes) };
}

function keyOf({ runId, step, attempt }: Lease) {
  return [runId, step, attempt];
}

function lost({ runId, step, attempt }: Lease) {
  return new LeaseLost(runId, step, attempt);
}
