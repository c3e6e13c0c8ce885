import { type Database } from '@muster/core/database';
import { type ControlBench, controlBench } from '@muster/testing/controlBench';
import { checkRuns } from './checkRuns.ts';
import { type Scene } from './scene.ts';

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
  phones?: string[];
}

const drop: Scene['drop'] = {
  names: async () => [...bench.sftp.files.keys()],
  read: async (name) => bench.sftp.files.get(name) ?? Promise.reject(new Error('no such file')),
  renamesTo: () => 1,
};
const PHONES = Array<string>(3).fill('4155550101');

/** What is found of the run once something is broken, which is then taken back. */
async function found({ sql, accepted = [runId], drop: odd, phones = PHONES }: Broken) {
  const undo = new Error('undo');
  let outcome: Awaited<ReturnType<typeof checkRuns>> | undefined;
  const work = async (tx: Database) => {
    if (sql !== undefined) await tx.execute(sql.replaceAll('@', runId));
    outcome = await checkRuns({ db: tx, accepted, drop: { ...drop, ...odd }, phonesOf: async () => phones });
    throw undo;
  };
  await expect(bench.db.transaction(work)).rejects.toBe(undo);
  return outcome!;
}

it('finds nothing in a run that went well', async () => {
  const outcome = await found({});
  expect(outcome).toEqual({
    runs: 1,
    lost: 0,
    doubled: 0,
    stuck: 0,
    unknown: 0,
    parked: 0,
    canceled: 0,
    failed: [],
    faults: [],
  });
});

it('asks for no alert of a parked run whose campaign has succeeded since: that has closed it', async () => {
  const later = `insert into run (company_id, campaign_id, trigger, settings, status, created_at)
    select company_id, campaign_id, 'schedule', settings, 'succeeded', clock_timestamp() from run where id = '@'`;
  const apart = 'select pg_sleep(0.01)'; // else both may be within the same millisecond
  const parked = `${apart}; ${failed('parked')}, finished_at = clock_timestamp() where id = '@'; delete from alert; ${apart}`;
  expect(await found({ sql: `${later}; ${parked}` })).toMatchObject({ faults: [expect.stringMatching('no alert')] });
  expect(await found({ sql: `${parked}; ${later}` })).toMatchObject({ faults: [], parked: 1 });
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
  [
    'I1: a parked run whose alert is closed',
    { sql: `${failed('parked')}; update alert set resolved_at = now()` },
    'I1: .* no alert says so',
  ],
  [
    'I1: a second run of one request',
    {
      sql: `insert into run (company_id, campaign_id, trigger, settings) select company_id, campaign_id, 'manual', settings
        from run where id = '@' and status = 'succeeded'`,
    },
    'I1: .* nobody was told so',
  ],
  ['I2: a name that was given twice', { drop: { renamesTo: () => 2 } }, 'I2: .* more than once'],
  [
    'I2: a file that no delivery stands for',
    { drop: { names: async () => [`strange_${runId}.csv`] } },
    'I2: .* no delivery says so',
  ],
  ['I2: a delivered file that is not there', { drop: { read: async () => Promise.reject(new Error()) } }, 'not there'],
  ['I2: other bytes', { drop: { read: async () => Buffer.from('other') } }, 'I2: .* other bytes'],
  ['I2: a file that came under its name without a rename', { drop: { renamesTo: () => 0 } }, 'I2: .* without a rename'],
  [
    'I2: a temporary file that was left behind',
    { sql: `update delivery set temporary_name = 'half.part'`, drop: { names: async () => ['half.part'] } },
    'I2: half.part was left behind',
  ],
  [
    'I2: an upload that nobody ended',
    { sql: `update delivery set state = 'uploaded' where file = 'log.txt'` },
    'I2: .* its log.txt is uploaded',
  ],
  ['I3, I4: a contact that is missing', { phones: [...PHONES, '4155550102'] }, 'I3, I4: .* 1 are missing'],
  ['I3, I4: a contact who may not be called', { phones: ['4155550102'] }, 'I3, I4: .* 3 may not be called'],
  ['I3, I4: a contact that is there twice', { phones: PHONES.slice(1) }, '3 contacts instead of 2'],
  [
    'I3: a file of an earlier screening',
    { sql: 'update run set generation = 2' },
    'I3: .* by verdicts of another screening',
  ],
  ['I3: a run that is not screened', { sql: 'update run set screened = null' }, 'I3: .* unscreened'],
  [
    'I3: verdicts that were too old',
    { sql: `update delivery set updated_at = updated_at + interval '31 min'` },
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
  [
    'I5: a step that was finished twice',
    { sql: `insert into run_event (run_id, step, event) values ('@', 'filter', 'step.finished')` },
    'I5: filter .* more than once',
  ],
])('finds %s', async (_, broken, words) => {
  expect((await found(broken)).faults).toContainEqual(expect.stringMatching(words));
});

it('tells runs that failed from those that wait for a person', async () => {
  expect(await found({ sql: failed('queryOverdue') })).toMatchObject({ failed: [`${runId}: queryOverdue`], parked: 0 });
  expect(await found({ sql: failed('parked') })).toMatchObject({ failed: [], parked: 1, faults: [] });
});
