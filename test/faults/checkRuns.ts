import { createHash } from 'node:crypto';
import { type Database } from '@muster/core/database';
import { type SftpDrop } from '../e2e/sftpDrop.ts';

const CONTACTS = 'contacts_output.csv';

/** What a test has begun, and what the outside has seen of it. */
export interface Scene {
  db: Database;
  /** The runs that the API has accepted. */
  accepted: readonly string[];
  drop: Pick<SftpDrop, 'names' | 'read' | 'renamesTo'>;
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
  /** Whether its exporter screens. */
  screens: boolean;
  /** Until when its verdicts may be acted on. */
  validUntil: Date | null;
  alerts: string[];
}

interface DeliveryRow {
  runId: string;
  file: string;
  state: string;
  remoteName: string;
  sha256: string;
  begunAt: Date;
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
  const undelivered = runs.filter(({ id, status }) => status === 'succeeded' && !contactsOf(id, deliveries));
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

/** The delivery of a run's contacts, if they are delivered. */
function contactsOf(runId: string, deliveries: DeliveryRow[]) {
  return deliveries.find((one) => one.runId === runId && one.file === CONTACTS && one.state === 'delivered');
}

function readRuns({ db, accepted }: Scene) {
  return db.query<RunRow>(
    `select run.id, run.status, run.error_code as "errorCode", run.counts, run.screened,
       funnel_fault(run.counts, '{}') as "funnelFault", (run.counts ->> 'exported')::int as exported,
       run.settings #>> '{exporter,checkCanInteractData}' is not null as screens,
       (select coalesce(summary ->> 'checkedAt', summary ->> 'now')::timestamptz
          + (run.settings #>> '{company,guard,screeningMaxAgeMinutes}')::int * interval '1 min'
        from run_step where run_id = run.id and name = 'filter') as "validUntil",
       array(select kind from alert where alert.run_id = run.id) as alerts
     from run where id = any ($1)`,
    [accepted],
  );
}

function readDeliveries({ db, accepted }: Scene) {
  return db.query<DeliveryRow>(
    `select run_id as "runId", file, state, remote_name as "remoteName", sha256, created_at as "begunAt"
     from delivery where run_id = any ($1)`,
    [accepted],
  );
}

/** Files under a final name that no delivery stands for. */
async function strangersOf({ drop, accepted }: Scene, deliveries: DeliveryRow[]) {
  const sent = deliveries.filter(({ state }) => ['renaming', 'delivered', 'unknown'].includes(state));
  const known = new Set(sent.map(({ remoteName }) => remoteName));
  const ours = (name: string) => accepted.some((id) => name.includes(id)) && !name.endsWith('.part');
  const strange = (await drop.names()).filter((name) => ours(name) && !known.has(name));
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
  const sent = contactsOf(run.id, deliveries);
  const isLate = sent && run.screens && !(run.validUntil && sent.begunAt <= run.validUntil);
  const isUntold = (code: string, kind: string) => run.errorCode === code && !run.alerts.includes(kind);
  const untold = isUntold('parked', 'run.parked') || isUntold('deliveryUnknown', 'delivery.unknown');
  return [
    ...(untold ? [`I1: run ${run.id} waits for a person, and no alert says so`] : []),
    ...(sent && run.screens && run.screened !== true ? [`I3: run ${run.id} was delivered unscreened`] : []),
    ...(isLate ? [`I3: run ${run.id} was delivered by verdicts that were too old`] : []),
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
