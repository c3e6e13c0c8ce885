import { places } from '@muster/db/places';
import { runStore } from '@muster/db/runStore';
import { type Claim } from '@muster/pipeline/runs';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertCampaign } from '@muster/testing/factories';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const runs = () => runStore(bench.db, { leaseMs: 60_000 });
const fill = () => places(bench.db, { placesPerCompany: 1000, quietMs: 0 }).fill(bench.own.id);

/** A run that nobody has begun, and what its steps say. */
async function newRun() {
  const path = `/api/campaigns/${await insertCampaign(bench.db, { companyId: bench.own.id })}/runs`;
  const { json } = await bench.call('POST', path);
  const runId = String(json['id']);
  const messages = async () => {
    const { steps } = (await bench.call('GET', `${path}/${runId}`)).json as { steps: { message: string | null }[] };
    return steps.map(({ message }) => message);
  };
  return { runId, messages, started: json };
}
const claim = async (runId: string) => (await runs().claim({ runId, step: 'query' }, false)) as Claim;
const aTime = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z';
const says = (text: string) => [expect.stringMatching(new RegExp(`^${text}$`)) as string, null, null];

it('says of a run without a place that it waits for one, at once', async () => {
  const { started, messages } = await newRun();
  expect(started['steps']).toMatchObject([{ message: 'waits for a place among the runs of its company' }, {}, {}]);
  expect(await messages()).toEqual(says('waits for a place among the runs of its company'));
});

it('says of a run with a place that nobody works on since when it waits for a worker', async () => {
  const { messages } = await newRun();
  await fill();
  expect(await messages()).toEqual(says(`waits for a worker since ${aTime}`));
});

it('says nothing of the kind while a worker is at it, and says it again once that was lost', async () => {
  const { runId, messages } = await newRun();
  await fill();
  await claim(runId);
  expect(await messages()).toEqual([null, null, null]);

  await bench.db.execute(
    `update run_step set lease_until = '2026-01-02T03:04:05Z' where run_id = $1 and name = 'query'`,
    [runId],
  );
  const cost = 'it has lost 1 of the 3 workers at which the run is parked';
  expect(await messages()).toEqual(says(`waits for a worker since ${aTime}; ${cost}`));
  await claim(runId);
  expect(await messages()).toEqual(says(cost.replace('it ', '')));
});

it('says what failed, when it is tried again, and when it gives up', async () => {
  const { runId, messages } = await newRun();
  await fill();
  const error = { code: 'redashUnavailable', message: 'Redash is away' };
  const giveUp = { afterMs: 3_600_000, atFailure: null };
  await runs().postponeStep(await claim(runId), { delayMs: 30_000, error, giveUp, givePlaceBack: true });
  const givesUp = `it gives up when it fails after ${aTime}`;
  expect(await messages()).toEqual(says(`Redash is away; it is tried again at ${aTime}; ${givesUp}`));

  for (const table of ['run', 'run_step'])
    await bench.db.execute(`update ${table} set not_before = now() where not_before is not null`);
  const place = 'it waits for a place among the runs of its company';
  expect(await messages()).toEqual(says(`Redash is away; ${place}; ${givesUp}`));
});

it('says of a run that is over only what came of it', async () => {
  const { runId, messages } = await newRun();
  await fill();
  await runs().endRun(await claim(runId), 'failed', { code: 'queryGone', message: 'Told' });
  expect(await messages()).toEqual(['Told', null, null]);
});
