import { checkFiles } from './checkFiles.ts';
import { CONTACTS, type DeliveryRow, type RunRow, type Scene } from './scene.ts';

/** How runs came out, by the invariants; `faults` says in words what is broken, each with the number of its invariant. */
export interface Outcome {
  runs: number;
  lost: number;
  doubled: number;
  stuck: number;
  unknown: number;
  /** Runs that wait for a person because they have killed three workers. */
  parked: number;
  canceled: number;
  /** Runs that have failed for another reason than these, with it. */
  failed: string[];
  faults: string[];
}

/** Compares what was accepted, what the database says, and what the server has: the invariants that hold after every fault. */
export async function checkRuns(scene: Scene): Promise<Outcome> {
  const runs = await readRuns(scene);
  const deliveries = await readDeliveries(scene);
  const lost = scene.accepted.filter((id) => !runs.some((run) => run.id === id));
  const stuck = runs.filter(({ status }) => status === 'pending' || status === 'running');
  const unasked = await unaskedRuns(scene);
  const undelivered = runs.filter(({ id, status }) => status === 'succeeded' && !contactsOf(id, deliveries));
  const files = await checkFiles(scene, runs, deliveries);
  return {
    runs: scene.accepted.length,
    lost: lost.length + undelivered.length + files.lost,
    doubled: files.doubled + unasked.length,
    stuck: stuck.length,
    unknown: new Set(deliveries.filter(({ state }) => state === 'unknown').map(({ runId }) => runId)).size,
    parked: runs.filter(({ errorCode }) => errorCode === 'parked').length,
    canceled: runs.filter(({ status }) => status === 'canceled').length,
    failed: runs.filter(isFailed).map(({ id, errorCode }) => `${id}: ${errorCode ?? 'nothing said'}`),
    faults: [
      ...lost.map((id) => `I1: run ${id} was accepted, and is not there`),
      ...unasked.map((id) => `I1: run ${id} is there, and nobody was told so`),
      ...stuck.map(({ id, status }) => `I1: run ${id} has not ended: ${status}`),
      ...undelivered.map(({ id }) => `I1: run ${id} has succeeded, and its contacts are not delivered`),
      ...files.faults,
      ...runs.flatMap((run) => promisesOf(run, contactsOf(run.id, deliveries))),
      ...(await staleWrites(scene)),
    ],
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
    `select run.id, run.status, run.generation, run.error_code as "errorCode", run.screened,
       funnel_fault(run.counts, '{}') as "funnelFault", (run.counts ->> 'exported')::int as exported,
       (select coalesce(summary ->> 'checkedAt', summary ->> 'now')::timestamptz
          + (run.settings #>> '{company,guard,screeningMaxAgeMinutes}')::int * interval '1 min'
        from run_step where run_id = run.id and name = 'filter') as "validUntil",
       array(select kind from alert where alert.run_id = run.id and resolved_at is null) as alerts,
       case when run.status <> 'failed' then null when run.error_code = 'deliveryUnknown' then 'delivery.unknown'
         when not is_alerting(run.error_code) or exists (select from run as later where later.status = 'succeeded'
           and later.campaign_id = run.campaign_id and later.created_at >= run.finished_at) then null
         when run.error_code = 'parked' then 'run.parked' else 'run.failed' end as "needsAlert"
     from run where id = any ($1)`,
    [accepted],
  );
}

function readDeliveries({ db, accepted }: Scene) {
  return db.query<DeliveryRow>(
    `select run_id as "runId", file, generation, state, remote_name as "remoteName", temporary_name as "temporaryName",
       sha256, updated_at as "updatedAt"
     from delivery where run_id = any ($1)`,
    [accepted],
  );
}

/** Runs of the same campaigns that neither the API has told of nor a slot has asked for. */
async function unaskedRuns({ db, accepted }: Scene) {
  const found = await db.query<{ id: string }>(
    `select id from run where trigger = 'manual' and id <> all ($1)
       and campaign_id in (select campaign_id from run where id = any ($1))`,
    [accepted],
  );
  return found.map(({ id }) => id);
}

function promisesOf(run: RunRow, sent: DeliveryRow | undefined) {
  const { id, needsAlert, validUntil } = run;
  const isLate = sent && !(validUntil && sent.updatedAt <= validUntil);
  const isUntold = needsAlert !== null && !run.alerts.includes(needsAlert);
  return [
    ...(isUntold ? [`I1: run ${id} waits for a person, and no alert says so`] : []),
    ...(sent && run.screened !== true ? [`I3: run ${id} was delivered unscreened`] : []),
    ...(isLate ? [`I3: run ${id} was delivered by verdicts that were too old`] : []),
    ...(sent && sent.generation !== run.generation
      ? [`I3: run ${id} was delivered by verdicts of another screening`]
      : []),
    ...(run.funnelFault !== null ? [`I4: run ${id}: ${run.funnelFault}`] : []),
    ...(run.status === 'succeeded' && run.exported === null ? [`I4: run ${id} does not say how many it exported`] : []),
  ];
}

/** Files of a step that another attempt wrote than the one that was to end it (their key names the attempt), and steps that ended twice. */
async function staleWrites({ db, accepted }: Scene) {
  const stale = await db.query<{ key: string; attempt: number }>(
    `select file.key, step.attempt from file join run on run.id = file.run_id
     join run_step step on step.run_id = run.id and step.status = 'succeeded'
       and file.key like '%/' || run.generation || '-' || step.name || '-%'
     where run.id = any ($1) and file.generation = run.generation
       and file.key not like '%/' || run.generation || '-' || step.name || '-' || step.attempt || '/%'`,
    [accepted],
  );
  const twice = await db.query<{ id: string; step: string }>(
    `select run.id, event.step from run join run_event event on event.run_id = run.id
     where run.id = any ($1) and run.generation = 1 and event.event = 'step.finished'
       and not exists (select from run_event again where again.run_id = run.id and again.event = 'run.retried')
     group by run.id, event.step having count(*) > 1`,
    [accepted],
  );
  return [
    ...stale.map(({ key, attempt }) => `I5: ${key} is of another attempt than ${attempt}`),
    ...twice.map(({ id, step }) => `I5: ${step} of run ${id} was finished more than once`),
  ];
}
