import { RETRY_ADVICE } from '@muster/pipeline/retryAdvice';
import { type RunFile, type StepName } from '@muster/pipeline/run';
import { type Claim, type StepSummary } from '@muster/pipeline/runs';
import { runBench } from '@muster/testing/runBench';

let bench: Awaited<ReturnType<typeof runBench>>;
beforeAll(async () => (bench = await runBench()));
afterAll(() => bench.close());

type FileRows = Partial<Record<RunFile, number>>;
const rows = { invalid: 1, duplicate: 2, unknownBorrower: 3, goOn: 4 };
const contacts = {
  noContact: 1,
  matched: 3,
  contacts: 7,
  screenedOut: { doNotInteract: 2, frequencyLimit: 1 },
  exported: 4,
};
const filtered = { ...rows, ...contacts };
const files: FileRows = { 'campaign_input.csv': 4, 'exclusions.csv': 10, 'matches.csv': 4 };

async function finish(runId: string, step: StepName, summary: StepSummary) {
  return bench.runs.finishStep((await bench.runs.claim({ runId, step }, false)) as Claim, summary, []);
}

async function queriedRun() {
  const runId = await bench.startRun();
  await finish(runId, 'query', { counts: { queried: 10 } });
  return runId;
}

it('finishes steps whose counts and files add up, from the query to the contacts file', async () => {
  const runId = await queriedRun();

  await finish(runId, 'filter', { counts: filtered, fileRows: files });
  const { next } = await finish(runId, 'export', { fileRows: { 'contacts_output.csv': 4 } });

  expect(next).toMatchObject({ step: 'upload' });
});

it('asks nothing of contacts where a run has no exporter', async () => {
  const runId = await queriedRun();

  const { next } = await finish(runId, 'filter', {
    counts: rows,
    fileRows: { 'campaign_input.csv': 4, 'exclusions.csv': 6 },
  });

  expect(next).toMatchObject({ step: 'export' });
});

it.each<[what: string, fault: string, untrue: { counts?: Record<string, unknown>; files?: FileRows }]>([
  [
    'a row of the query is in no count',
    'rows queried: 10, but 9',
    { counts: { goOn: 3, matched: 2 }, files: { 'campaign_input.csv': 3 } },
  ],
  ['a count is missing', 'rows queried: 10, but nothing', { counts: { invalid: null } }],
  ['a count is below zero', 'counts below zero: 0, but 1', { counts: { invalid: -1, duplicate: 4 } }],
  ['a row has and has not a contact', 'rows that go on: 4, but 5', { counts: { noContact: 2 } }],
  ['a contact has no fate', 'contacts: 7, but 6', { counts: { exported: 3 }, files: { 'matches.csv': 3 } }],
  ['a reason is lost', 'contacts: 7, but 5', { counts: { screenedOut: { frequencyLimit: 1 } } }],
  ['an exclusion is not written', 'rows of exclusions.csv: 10, but 9', { files: { 'exclusions.csv': 9 } }],
  ['the input lacks a row', 'rows of campaign_input.csv: 4, but 3', { files: { 'campaign_input.csv': 3 } }],
  ['a match is written twice', 'rows of matches.csv: 4, but 5', { files: { 'matches.csv': 5 } }],
])('refuses a step where %s, and changes nothing', async (_what, fault, untrue) => {
  const runId = await queriedRun();

  const counts = { ...filtered, ...untrue.counts };
  const finished = finish(runId, 'filter', { counts, fileRows: { ...files, ...untrue.files } });

  const message = expect.stringMatching(`${fault}.*Report this, and ${RETRY_ADVICE}$`) as string;
  await expect(finished).rejects.toMatchObject({ code: 'countsDiffer', message });
  const [run] = await bench.db.query('select counts from run where id = $1', [runId]);
  expect(run).toEqual({ counts: { queried: 10 } });
  const [step] = await bench.db.query(`select status from run_step where run_id = $1 and name = 'filter'`, [runId]);
  expect(step).toEqual({ status: 'running' });
});

it('refuses a contacts file that has another number of rows than were let through', async () => {
  const runId = await queriedRun();
  await finish(runId, 'filter', { counts: filtered, fileRows: files });

  const finished = finish(runId, 'export', { fileRows: { 'contacts_output.csv': 5 } });

  await expect(finished).rejects.toMatchObject({ code: 'countsDiffer' });
});

it('refuses a step of a run whose counts somebody has changed meanwhile', async () => {
  const runId = await queriedRun();
  await finish(runId, 'filter', { counts: filtered, fileRows: files });
  await bench.db.execute(`update run set counts = counts || '{"exported": 5}' where id = $1`, [runId]);

  const finished = finish(runId, 'export', { fileRows: { 'contacts_output.csv': 5 } });

  await expect(finished).rejects.toMatchObject({ code: 'countsDiffer' });
});
