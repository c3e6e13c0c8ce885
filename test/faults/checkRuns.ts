import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { type Database } from '@muster/core/database';
import { type SftpDrop } from '../e2e/sftpDrop.ts';

/** What a test has begun, and what the outside has seen of it. */
export interface Scene {
  db: Database;
  /** The runs that the API has accepted. */
  accepted: readonly string[];
  drop: Pick<SftpDrop, 'directory' | 'read' | 'renamesTo'>;
}

/** How runs came out, by the invariants; `faults` says in words what is broken, each with the number of its invariant. */
export interface Outcome {
  runs: number;
  lost: number;
  doubled: number;
  stuck: number;
  unknown: number;
  /** Runs that wait for a person because they have killed three workers. */
  parked: number;
  /** Runs that have failed for another reason than these, with it. */
  failed: string[];
  faults: string[];
}

interface RunRow {
  id: string;
  status: string;
  errorCode: string | null;
  counts: Record<string, unknown>;
  funnelFault: string | null;
  exported: number | null;
  screened: boolean | null;
  checkedAt: string | null;
}

interface DeliveryRow {
  runId: string;
  file: string;
  state: string;
  remoteName: string;
  sizeBytes: number;
  sha256: string;
  at: Date;
}

/** Compares what was accepted, what the database says, and what the server has: the invariants that hold after every fault. */
export async function checkRuns(scene: Scene): Promise<Outcome> {
  const runs = await readRuns(scene);
  const deliveries = await readDeliveries(scene);
  const lost = scene.accepted.filter((id) => !runs.some((run) => run.id === id));
  const stuck = runs.filter(({ status }) => status === 'pending' || status === 'running');
  const doubled = deliveries.filter(({ remoteName }) => scene.drop.renamesTo(remoteName) > 1);
  const faults = [
    ...lost.map((id) => `I1: run ${id} was accepted, and is not there`),
    ...stuck.map(({ id, status }) => `I1: run ${id} has not ended: ${status}`),
    ...doubled.map(({ remoteName }) => `I2: ${remoteName} was given its name more than once`),
    ...(await strangersOf(scene, deliveries)),
    ...(await Promise.all(deliveries.map((delivery) => bytesOf(scene, delivery)))).flat(),
    ...runs.flatMap((run) => promisesOf(run, deliveries)),
    ...(await staleWrites(scene)),
  ];
  const unknown = new Set(deliveries.filter(({ state }) => state === 'unknown').map(({ runId }) => runId));
  const undelivered = runs.filter(
    ({ id, status }) =>
      status === 'succeeded' && !deliveries.some((one) => one.runId === id && one.state === 'delivered'),
  );
  faults.push(...undelivered.map(({ id }) => `I1: run ${id} has succeeded, and its contacts are not delivered`));
  return {
    runs: scene.accepted.length,
    lost: lost.length + undelivered.length,
    doubled: doubled.length,
    stuck: stuck.length,
    unknown: unknown.size,
    parked: runs.filter(({ errorCode }) => errorCode === 'parked').length,
    failed: runs.filter(isFailed).map(({ id, errorCode }) => `${id}: ${errorCode ?? 'nothing said'}`),
    faults,
  };
}

function isFailed({ status, errorCode }: RunRow) {
  return status === 'failed' && errorCode !== 'parked' && errorCode !== 'deliveryUnknown';
}

function readRuns({ db, accepted }: Scene) {
  return db.query<RunRow>(
    `select run.id, run.status, run.error_code as "errorCode", run.counts, run.screened,
       funnel_fault(run.counts, '{}') as "funnelFault", (run.counts ->> 'exported')::int as exported,
       (select summary -> 'notes' ->> 'checkedAt' from run_step where run_id = run.id and name = 'filter') as "checkedAt"
     from run where id = any ($1)`,
    [accepted],
  );
}

function readDeliveries({ db, accepted }: Scene) {
  return db.query<DeliveryRow>(
    `select run_id as "runId", file, state, remote_name as "remoteName", size_bytes::int as "sizeBytes", sha256, updated_at as at
     from delivery where run_id = any ($1)`,
    [accepted],
  );
}

/** Files under a final name that no delivery stands for. */
async function strangersOf({ drop, accepted }: Scene, deliveries: DeliveryRow[]) {
  const sent = deliveries.filter(({ state }) => ['renaming', 'delivered', 'unknown'].includes(state));
  const known = new Set(sent.map(({ remoteName }) => remoteName));
  const ours = (name: string) => accepted.some((id) => name.includes(id)) && !name.endsWith('.part');
  const strange = (await readdir(drop.directory)).filter((name) => ours(name) && !known.has(name));
  return strange.map((name) => `I2: ${name} is there, and no delivery says so`);
}

/** What is delivered lies there, with the bytes that the ledger names. */
async function bytesOf({ drop }: Scene, { state, remoteName, sha256 }: DeliveryRow) {
  if (state !== 'delivered') return [];
  const bytes = await drop.read(remoteName).catch(() => undefined);
  if (!bytes) return [`I2: ${remoteName} is delivered, and not there`];
  const found = createHash('sha256').update(bytes).digest('hex');
  return found === sha256 ? [] : [`I2: ${remoteName} has other bytes than the ledger says`];
}

function promisesOf(run: RunRow, deliveries: DeliveryRow[]) {
  const sent = deliveries.some(
    ({ runId, file, state }) => runId === run.id && file.startsWith('contacts') && state === 'delivered',
  );
  return [
    ...(sent && run.screened !== true ? [`I3: run ${run.id} was delivered unscreened`] : []),
    ...(run.funnelFault !== null ? [`I4: run ${run.id}: ${run.funnelFault}`] : []),
    ...(run.status === 'succeeded' && run.exported === null
      ? [`I4: run ${run.id} does not say how many it exported`]
      : []),
  ];
}

/** Files of a step that another attempt wrote than the one that was to end it: their key names the attempt. */
async function staleWrites({ db, accepted }: Scene) {
  const stale = await db.query<{ key: string; attempt: number }>(
    `select file.key, step.attempt from file join run on run.id = file.run_id
     join run_step step on step.run_id = run.id and step.status = 'succeeded'
       and file.key like '%/' || run.generation || '-' || step.name || '-%'
     where run.id = any ($1) and file.generation = run.generation
       and file.key not like '%/' || run.generation || '-' || step.name || '-' || step.attempt || '/%'`,
    [accepted],
  );
  return stale.map(({ key, attempt }) => `I5: ${key} is of another attempt than ${attempt}`);
}
