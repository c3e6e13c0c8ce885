import { runStore } from '@muster/db/runStore';
import { type Claim } from '@muster/pipeline/runs';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertCampaign, insertRow } from '@muster/testing/factories';
import { waitFor } from '@muster/testing/waitFor';
import { createApi } from './createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const NOTE = 'Somebody has seen it';

/** A run of a new campaign, and how a person acts on it: by the operator’s key, in a request with a name. */
async function newRun() {
  const campaignId = await insertCampaign(bench.db, { companyId: bench.own.id });
  const runId = String((await bench.call('POST', `/api/campaigns/${campaignId}/runs`)).json['id']);
  const act = (path: string, body?: object, headers = {}) =>
    bench.call('POST', `/api/${path}`, {
      ...{ key: bench.own.keys.operator, ...(body && { body }) },
      headers: { 'X-Request-Id': `asked-of-${runId}`, ...headers },
    });
  const actOnRun = (what: string, body?: object, headers?: object) =>
    act(`campaigns/${campaignId}/runs/${runId}/${what}`, body, headers);
  return { campaignId, runId, act, actOnRun };
}
type Run = Awaited<ReturnType<typeof newRun>>;

const claim = async ({ runId }: Run) =>
  (await runStore(bench.db, { leaseMs: 60_000 }).claim({ runId, step: 'query' }, false)) as Claim;

async function failedRun(code = 'queryGone') {
  const run = await newRun();
  await runStore(bench.db, { leaseMs: 60_000 }).endRun(await claim(run), 'failed', { code, message: 'Told' });
  return run;
}

/** The lines of what a person did with a run, once there are so many of them. */
async function linesOf({ runId }: Run, count: number) {
  const found = () => bench.lines.filter(({ fields, event }) => fields['runId'] === runId && event !== 'run.queued');
  await waitFor(async () => found().length >= count);
  return found();
}

/** Such a line: who by the id of the key, and in which request. */
const line = ({ runId, campaignId }: Run, event: string, more = {}) => ({
  ...{ level: 'info', event },
  fields: {
    ...{ runId, campaignId, ...more },
    ...{ keyId: bench.own.keys.operator.split('_')[1], requestId: `asked-of-${runId}` },
  },
});

it('logs that a run was asked to be canceled, and that it ended by that', async () => {
  const run = await newRun();
  await run.actOnRun('cancel');
  expect(await linesOf(run, 2)).toEqual([line(run, 'cancel.asked'), line(run, 'run.canceled')]);
});

it('logs that a cancel was asked for once, and leaves its end to the worker that is at it', async () => {
  const run = await newRun();
  await claim(run);
  for (let i = 0; i < 2; i++) expect(await run.actOnRun('cancel')).toMatchObject({ status: 200 });
  await run.actOnRun('retry'); // refused: nothing was done
  expect(await linesOf(run, 1)).toEqual([line(run, 'cancel.asked')]);
});

it('logs that a run was retried, once, however often the same request comes', async () => {
  const run = await failedRun();
  const headers = { 'Idempotency-Key': 'once' };
  for (let i = 0; i < 2; i++) expect(await run.actOnRun('retry', undefined, headers)).toMatchObject({ status: 200 });
  expect(await linesOf(run, 1)).toEqual([line(run, 'run.retried')]);
});

it('logs which delivery was resolved as what, and not the words of the note', async () => {
  const run = await failedRun('deliveryUnknown');
  await insertRow(bench.db, 'delivery', {
    ...{ runId: run.runId, file: 'contacts_output.csv', try: 1, generation: 1, state: 'unknown' },
    ...{ remoteName: 'a.csv', temporaryName: 't', sizeBytes: 1, sha256: 'a' },
  });
  await run.actOnRun('deliveries/contacts_output.csv/resolve', { as: 'notDelivered', note: NOTE });
  const more = { file: 'contacts_output.csv', as: 'notDelivered' };
  expect(await linesOf(run, 1)).toEqual([line(run, 'delivery.resolved', more)]);
  expect(JSON.stringify(bench.lines)).not.toContain(NOTE);
});

it('logs which alert was closed, and not the words of the note', async () => {
  const run = await failedRun();
  const alerts = (await bench.call('GET', '/api/alerts?status=open')).list;
  const alertId = String(alerts.find(({ runId }) => runId === run.runId)?.['id']);
  await run.act(`alerts/${alertId}/resolve`, { note: NOTE });
  expect(await linesOf(run, 1)).toEqual([line(run, 'alert.resolved', { alertId, kind: 'run.failed' })]);
  expect(JSON.stringify(bench.lines)).not.toContain(NOTE);
});
