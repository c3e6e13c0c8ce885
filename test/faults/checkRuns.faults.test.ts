import { type Database } from '@muster/core/database';
import { type ControlBench, controlBench } from '@muster/testing/controlBench';
import { checkRuns, type Scene } from './checkRuns.ts';

// What all other tests of this folder rest on: it must see each promise broken.
let bench: ControlBench;
let runId = '';
beforeAll(async () => {
  bench = await controlBench();
  ({ runId } = await bench.readyRun({ screened: true, withSftp: true }));
  await bench.work();
});
afterAll(() => bench.close());

interface Broken {
  sql?: string;
  accepted?: string[];
  drop?: Partial<Scene['drop']>;
}

const drop: Scene['drop'] = {
  names: async () => [...bench.sftp.files.keys()],
  read: async (name) => bench.sftp.files.get(name) ?? Promise.reject(new Error('no such file')),
  renamesTo: () => 1,
};

/** What is found of the run once something is broken, which is then taken back. */
async function found({ sql, accepted = [runId], drop: odd }: Broken) {
  const undo = new Error('undo');
  let outcome: Awaited<ReturnType<typeof checkRuns>> | undefined;
  const work = async (tx: Database) => {
    if (sql !== undefined) await tx.execute(sql);
    outcome = await checkRuns({ db: tx, accepted, drop: { ...drop, ...odd } });
    throw undo;
  };
  await expect(bench.db.transaction(work)).rejects.toBe(undo);
  return outcome!;
}

it('finds nothing in a run that went well', async () => {
  const outcome = await found({});
  expect(outcome).toEqual({ runs: 1, lost: 0, doubled: 0, stuck: 0, unknown: 0, parked: 0, failed: [], faults: [] });
});

const failed = (code: string) => `update run set status = 'failed', error_code = '${code}'`;

it.each<[string, Broken, string]>([
  ['I1: a run that is not there', { accepted: ['CR-ELSE-WHERE'] }, 'I1: .* is not there'],
  ['I1: a run that has not ended', { sql: `update run set status = 'running'` }, 'I1: .* has not ended'],
  [
    'I1: a run that succeeded and of which only the log is delivered',
    { sql: `delete from delivery where file = 'contacts_output.csv'` },
    'I1: .* its contacts are not delivered',
  ],
  [
    'I1: a parked run of which no alert tells',
    { sql: `${failed('parked')}; delete from alert` },
    'I1: .* no alert says so',
  ],
  ['I2: a name that was given twice', { drop: { renamesTo: () => 2 } }, 'I2: .* more than once'],
  [
    'I2: a file that no delivery stands for',
    { drop: { names: async () => [`strange_${runId}.csv`] } },
    'I2: .* no delivery says so',
  ],
  ['I2: a delivered file that is not there', { drop: { read: async () => Promise.reject(new Error()) } }, 'not there'],
  ['I2: other bytes', { drop: { read: async () => Buffer.from('other') } }, 'I2: .* other bytes'],
  ['I3: a run that is not screened', { sql: 'update run set screened = null' }, 'I3: .* unscreened'],
  [
    'I3: verdicts that were too old',
    { sql: `update delivery set created_at = created_at + interval '31 min'` },
    'I3: .* too old',
  ],
  [
    'I3: verdicts of nobody knows when',
    { sql: `update run_step set summary = null where name = 'filter'` },
    'I3: .* too old',
  ],
  ['I4: counts that do not add up', { sql: `update run set counts = counts || '{"exported": 99}'` }, 'I4: '],
  [
    'I5: a file of another attempt',
    { sql: `update run_step set attempt = 9 where name = 'export'` },
    'I5: .* of another attempt',
  ],
])('finds %s', async (_, broken, words) => {
  expect((await found(broken)).faults).toContainEqual(expect.stringMatching(words));
});

it('tells runs that failed from those that wait for a person', async () => {
  expect(await found({ sql: failed('queryOverdue') })).toMatchObject({ failed: [`${runId}: queryOverdue`], parked: 0 });
  expect(await found({ sql: failed('parked') })).toMatchObject({ failed: [], parked: 1, faults: [] });
});
