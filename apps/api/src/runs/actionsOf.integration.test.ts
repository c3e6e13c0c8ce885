import { runStore } from '@muster/db/runStore';
import { type Claim } from '@muster/pipeline/runs';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertCampaign, insertRow } from '@muster/testing/factories';
import { createApi } from '../createApi.ts';
import { actions } from './actionsOf.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const store = () => runStore(bench.db, { leaseMs: 60_000 });

/** A run of a new campaign, and what is shown of what can be done with it. */
async function newRun(body = {}) {
  const campaign = await insertCampaign(bench.db, { companyId: bench.own.id });
  const runs = `/api/campaigns/${campaign}/runs`;
  const id = String((await bench.call('POST', runs, { body })).json['id']);
  const path = `${runs}/${id}`;
  const offered = async () => (await bench.call('GET', path)).json['actions'] as string[];
  return { campaign, runs, id, path, offered };
}
type Run = Awaited<ReturnType<typeof newRun>>;

const claim = async ({ id }: Run) => (await store().claim({ runId: id, step: 'query' }, false)) as Claim;
const setRun = ({ id }: Run, columns: string) =>
  bench.db.execute(`update run set ${columns}, finished_at = now() where id = $1`, [id]);

async function failedRun(code = 'queryGone') {
  const run = await newRun();
  await store().endRun(await claim(run), 'failed', { code, message: 'Told' });
  return run;
}

const deliver = ({ id }: Run, state: string, file = 'contacts_output.csv') =>
  insertRow(bench.db, 'delivery', {
    ...{ runId: id, file, try: 1, generation: 1, state },
    ...{ remoteName: 'a.csv', temporaryName: 't', sizeBytes: 1, sha256: 'a' },
  });

/** A run of which the contacts file has been sent so far, and nothing but that and the report remains. */
async function sentRun(state: string) {
  const run = await newRun();
  await bench.db.execute(`update run_step set status = 'succeeded' where run_id = $1 and name <> 'report'`, [run.id]);
  await deliver(run, state);
  return run;
}

async function doubtfulRun() {
  const run = await failedRun('deliveryUnknown');
  await deliver(run, 'unknown');
  return run;
}

const startAnother = ({ runs }: Run) => bench.call('POST', runs);
const dropCampaign = ({ campaign }: Run) =>
  bench.db.execute('update campaign set deleted_at = now() where id = $1', [campaign]);
const ageResult = ({ id }: Run) =>
  bench.db.execute(
    `update run_step set status = 'succeeded', finished_at = now() - interval '25 h' where run_id = $1 and name = 'query'`,
    [id],
  );
const none = async () => undefined;
const BOTH = ['resolveAsDelivered', 'resolveAsNotDelivered'];

const standings: [string, () => Promise<Run>, (run: Run) => Promise<unknown>, string[]][] = [
  ['one that waits', () => newRun(), none, ['cancel']],
  ['one that waits, its campaign deleted', () => newRun(), dropCampaign, ['cancel']],
  ['one that a worker is at', () => newRun(), claim, ['cancel']],
  [
    'one that is to be canceled',
    () => newRun(),
    async (run) => {
      await claim(run);
      await bench.call('POST', `${run.path}/cancel`);
    },
    ['cancel'],
  ],
  ['one that is about to rename its file', () => sentRun('uploaded'), none, ['cancel']],
  ['one that renames its file', () => sentRun('renaming'), none, []],
  ['one that has delivered its file', () => sentRun('delivered'), none, []],
  ['succeeded', () => newRun(), (run) => setRun(run, `status = 'succeeded'`), []],
  ['not begun in time', () => newRun(), (run) => setRun(run, `status = 'canceled'`), []],
  ['failed', () => failedRun(), none, ['retry']],
  ['parked', () => failedRun('parked'), none, ['retry']],
  ['failed beside an active run', () => failedRun(), startAnother, []],
  ['failed with an old result', () => failedRun(), ageResult, []],
  ['failed, its campaign deleted', () => failedRun(), dropCampaign, []],
  ['failed, its files past their retention', () => failedRun(), (run) => setRun(run, 'files_leaving_at = now()'), []],
  ['an outside worker’s, under way', () => newRun({ worker: 'external' }), none, ['cancel']],
  [
    'an outside worker’s, failed',
    () => newRun({ worker: 'external' }),
    ({ path }) => bench.call('PUT', path, { body: { status: 'failed' } }),
    [],
  ],
  ['in doubt', doubtfulRun, none, BOTH],
  ['in doubt beside an active run', doubtfulRun, startAnother, ['resolveAsNotDelivered']],
  ['in doubt, its campaign deleted', doubtfulRun, dropCampaign, BOTH],
  ['in doubt and canceled', doubtfulRun, (run) => setRun(run, `status = 'canceled'`), BOTH],
];

const file = 'deliveries/contacts_output.csv/resolve';
const requests: Record<(typeof actions)[number], [path: string, body?: object]> = {
  cancel: ['cancel'],
  retry: ['retry'],
  resolveAsDelivered: [file, { as: 'delivered', note: 'x' }],
  resolveAsNotDelivered: [file, { as: 'notDelivered', note: 'x' }],
};

it.each(standings)('offers what would be accepted just now, and nothing else: %s', async (_, ...standing) => {
  const [make, change, expected] = standing;
  for (const action of actions) {
    const run = await make();
    await change(run);
    expect(await run.offered()).toEqual(expected);
    const [path, body] = requests[action];
    const { status } = await bench.call('POST', `${run.path}/${path}`, { ...(body && { body }) });
    const isOffered = expected.includes(action);
    expect([action, isOffered ? [200] : [404, 409]]).toEqual([action, expect.arrayContaining([status]) as unknown]);
  }
});

it('offers no cancel of a canceled run, which asked for again is the same', async () => {
  const run = await newRun();
  for (let i = 0; i < 2; i++) {
    const { status, json } = await bench.call('POST', `${run.path}/cancel`);
    expect([status, json['actions']]).toEqual([200, []]);
  }
  expect(await run.offered()).toEqual([]);
});

it('offers the same in lists, in what an action answers, and where it says why a run needs a person', async () => {
  const run = await doubtfulRun();
  const shown = (await bench.call('GET', run.path)).json;
  expect(shown).toMatchObject({ actions: BOTH, attention: { actions: BOTH, unknownFiles: ['contacts_output.csv'] } });
  for (const list of [run.runs, '/api/runs?attention=unknown'])
    expect((await bench.call('GET', list)).list.find(({ id }) => id === run.id)).toEqual(shown);
  const answer = await bench.call('POST', `${run.path}/${file}`, { body: { as: 'notDelivered', note: 'x' } });
  expect(answer.json['actions']).toEqual(['retry']);
});

it('lets a run be retried for as long as the operator has set', async () => {
  const strict = await apiBench((deps) => createApi({ ...deps, retryWithinMs: 60_000 }));
  try {
    const campaign = await insertCampaign(strict.db, { companyId: strict.own.id });
    const runs = `/api/campaigns/${campaign}/runs`;
    const id = String((await strict.call('POST', runs)).json['id']);
    await strict.db.execute(`update run set status = 'failed', finished_at = now() where id = $1`, [id]);
    const setAge = (age: string) =>
      strict.db.execute(
        `update run_step set status = 'succeeded', finished_at = now() - interval '${age}' where run_id = $1 and name = 'query'`,
        [id],
      );
    const offered: unknown[] = [];
    for (const age of ['30 s', '90 s']) {
      await setAge(age);
      offered.push((await strict.call('GET', `${runs}/${id}`)).json['actions']);
    }
    expect(offered).toEqual([['retry'], []]);
  } finally {
    await strict.close();
  }
});
