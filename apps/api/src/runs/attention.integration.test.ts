import { runStore } from '@muster/db/runStore';
import { type Claim } from '@muster/pipeline/runs';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertCampaign, insertRow } from '@muster/testing/factories';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

type Fields = Record<string, unknown>;

/** A run of a new campaign that failed in its first step, and what is shown of what a person can do about it. */
async function failedRun(code: string) {
  const campaign = await insertCampaign(bench.db, { companyId: bench.own.id });
  const runs = `/api/campaigns/${campaign}/runs`;
  const id = String((await bench.call('POST', runs)).json['id']);
  const query = (await runStore(bench.db, { leaseMs: 60_000 }).claim({ runId: id, step: 'query' }, false)) as Claim;
  await runStore(bench.db, { leaseMs: 60_000 }).endRun(query, 'failed', { code, message: 'Told' });
  const path = `${runs}/${id}`;
  const attention = async () =>
    (await bench.call('GET', path)).json['attention'] as { actions: string[]; reason: string } | null;
  return { campaign, id, path, attention };
}

async function doubtfulRun() {
  const run = await failedRun('deliveryUnknown');
  await insertDoubt(run.id, 'contacts_output.csv');
  return run;
}

const insertDoubt = (runId: string, file: string) =>
  insertRow(bench.db, 'delivery', {
    ...{ runId, file, try: 1, generation: 1, state: 'unknown', message: 'no answer to the rename' },
    ...{ remoteName: 'a.csv', temporaryName: 't', sizeBytes: 1, sha256: 'a' },
  });

it('says of a parked run why, what happened, and that it can be retried', async () => {
  const { attention } = await failedRun('parked');
  expect(await attention()).toMatchObject({
    ...{ reason: 'parked', actions: ['retry'], unknownFiles: [], tries: [] },
    events: expect.arrayContaining([
      expect.objectContaining({ event: 'run.failed', step: 'query', code: 'parked', message: 'Told' }),
    ]) as unknown,
  });
});

it('names the workers that were lost in a parked run', async () => {
  const campaign = await insertCampaign(bench.db, { companyId: bench.own.id });
  const path = `/api/campaigns/${campaign}/runs`;
  const runId = String((await bench.call('POST', path)).json['id']);
  for (let crash = 0; crash < 4; crash++) {
    const runs = runStore(bench.db, { leaseMs: 60_000, holder: `host-1, pid ${crash}` });
    await runs.claim({ runId, step: 'query' }, true);
    await bench.db.execute(
      `update run_step set lease_until = now() - interval '1 s' where run_id = $1 and attempt > 0`,
      [runId],
    );
  }
  const { attention, error } = (await bench.call('GET', `${path}/${runId}`)).json as Record<string, Fields>;
  const lost = (attention?.['events'] as Fields[]).filter(({ event }) => event === 'step.lost');
  expect(lost.map(({ message }) => message)).toEqual(
    [0, 1, 2].map((pid) => `host-1, pid ${pid} died, or stood still: its lease ran out`),
  );
  expect(error?.['message']).toContain('(host-1, pid 2)');
});

it('leaves a parked run alone, which is too old to be retried, once a later one of its campaign has succeeded', async () => {
  const { id, campaign, attention } = await failedRun('parked');
  const parked = async () => (await bench.call('GET', '/api/runs?attention=parked')).list.map((run) => run['id']);
  expect(await parked()).toContain(id);
  const later = String((await bench.call('POST', `/api/campaigns/${campaign}/runs`)).json['id']);
  await bench.db.execute(`update run set status = 'succeeded', finished_at = now() where id = $1`, [later]);
  expect(await attention()).toBeNull();
  expect(await parked()).not.toContain(id);
});

it('says of a delivery in doubt which file it is, and that a person has to say what became of it', async () => {
  const { attention } = await doubtfulRun();
  expect(await attention()).toMatchObject({
    ...{ reason: 'unknown', unknownFiles: ['contacts_output.csv'] },
    actions: ['resolveAsDelivered', 'resolveAsNotDelivered'],
    tries: [{ file: 'contacts_output.csv', try: 1, state: 'unknown', message: 'no answer to the rename' }],
  });
});

it('says nothing of a run that needs nobody', async () => {
  expect(await (await failedRun('queryGone')).attention()).toBeNull();
});

it('lists a run that succeeded while nobody knows whether its log was delivered', async () => {
  const { id, attention } = await failedRun('queryGone');
  await bench.db.execute(`update run set status = 'succeeded', error_code = null where id = $1`, [id]);
  await insertDoubt(id, 'log.txt');
  const { list } = await bench.call('GET', '/api/runs?attention=unknown');
  expect(list.map((run) => run['id'])).toContain(id);
  expect(await attention()).toMatchObject({ actions: ['resolveAsDelivered', 'resolveAsNotDelivered'] });
});
