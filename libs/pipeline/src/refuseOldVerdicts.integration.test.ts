import { TemporaryFailure } from '@muster/core/errors';
import { getRunView, listRunFiles } from '@muster/db/runViews';
import { type ControlBench, controlBench } from '@muster/testing/controlBench';
import { insertDoNotInteract } from '@muster/testing/factories';
import { RETRY_ADVICE } from './retryAdvice.ts';

let bench: ControlBench;
beforeEach(async () => void (bench = await controlBench()));
afterEach(() => bench.close());

/** From now on the clock says that so many minutes have passed; verdicts hold for 30. */
function passMinutes(minutes: number) {
  const { now } = bench.deps;
  bench.deps.now = async () => new Date((await now()).getTime() + minutes * 60_000);
}

/** Each time somebody looks at the clock, so many minutes have passed. */
function hurry(minutes: number) {
  const { now } = bench.deps;
  let looked = 0;
  bench.deps.now = async () => new Date((await now()).getTime() + minutes * 60_000 * looked++);
  return () => void (bench.deps.now = now);
}

async function goOn() {
  await bench.passTime();
  await bench.heal();
  await bench.work();
}

async function eventsOf(runId: string, event: string) {
  return (await bench.runs.events(runId)).filter((one) => one.event === event);
}

/** A screened run of three people whose upload has found the server away. */
async function heldUpRun() {
  const { runId, people } = await bench.readyRun({ screened: true });
  bench.sftp.goAway();
  await bench.work();
  return { runId, keys: people.map(({ key }) => key) };
}

function callOff(personKey = '') {
  return insertDoNotInteract(bench.db, { companyId: bench.companyId, personKey });
}

it('acts on no verdict of yesterday, however young: a do-not-interact may begin with the day', async () => {
  await bench.db.execute('update company set screening_max_age_minutes = 1440 where id = $1', [bench.companyId]);
  const { runId, keys } = await heldUpRun();
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await insertDoNotInteract(bench.db, { companyId: bench.companyId, personKey: keys[0] ?? '', startDate: tomorrow });
  passMinutes(1_439);
  bench.sftp.allow('connect');

  await goOn();

  expect(await bench.generationOf(runId)).toBe(2);
  expect(await eventsOf(runId, 'screening.expired')).toHaveLength(1);
});

it('delivers nobody who has called off while the upload was held up: the contacts are screened anew', async () => {
  const { runId, keys } = await heldUpRun();
  await callOff(keys[0]);
  passMinutes(31);
  bench.sftp.allow('connect');

  await goOn();

  const counts = { queried: 3, contacts: 3, screenedOut: { doNotInteract: 1 }, exported: 2 };
  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded', screened: true, counts });
  const csv = ['person.displayId,contact.value', ...keys.slice(1).map((key) => `${key},+14155550101`), ''].join('\r\n');
  expect(bench.contactsSent().map(([, sent]) => sent.toString())).toEqual([csv]);
  expect([await bench.generationOf(runId), bench.redash.asked]).toEqual([2, 1]);
  expect(await bench.attemptsOf(runId)).toEqual({ query: 1, filter: 2, export: 2, upload: 3, report: 1 });
});

it('shows the files and the log of the new verdicts', async () => {
  const { runId, keys } = await heldUpRun();
  await callOff(keys[0]);
  passMinutes(31);
  bench.sftp.allow('connect');

  await goOn();

  const { files } = await listRunFiles(bench.company, await bench.wantedRun(runId));
  const texts = new Map(files.map(({ name, key }) => [name, bench.store.files.get(key)?.toString() ?? '']));
  expect(texts.get('contacts_output.csv')).toBe(bench.contactsSent()[0]?.[1].toString());
  expect(texts.get('exclusions.csv')).toContain('doNotInteract');
  expect(texts.get('log.txt')).toMatch(/upload {2}screening\.expired {2}checkedAt="[^"]+" {2}generation=2/);
});

it('shows what is done anew as not yet done, and no file of the old verdicts', async () => {
  const { runId } = await heldUpRun();
  passMinutes(31);
  await bench.passTime();
  await bench.heal();
  await bench.workUntil('filter');

  const wanted = await bench.wantedRun(runId);
  const { steps, counts, screened } = await getRunView(bench.company, wanted);
  expect({ counts, screened }).toEqual({ counts: { queried: 3 }, screened: null });
  expect(steps).toMatchObject([
    { name: 'query', status: 'succeeded', rowsOut: 3 },
    ...['filter', 'export'].map((name) => ({
      name,
      status: 'pending',
      startedAt: null,
      finishedAt: null,
      rowsOut: null,
    })),
    { name: 'upload', status: 'pending', message: 'the SFTP server cannot be reached' },
    { name: 'report', status: 'pending' },
  ]);
  const { files } = await listRunFiles(bench.company, wanted);
  expect(files.map(({ name }) => name)).toEqual(['query_results.csv']);
});

it('keeps what was reserved until the new verdicts drop it: no other run takes it meanwhile', async () => {
  const { runId, keys } = await heldUpRun();
  const reserved = async () => {
    const open = await bench.db.query<{ person_key: string }>(
      'select person_key from reserved where run_id = $1 and released_at is null order by person_key',
      [runId],
    );
    return open.map(({ person_key: key }) => key);
  };
  await callOff(keys[0]);
  passMinutes(31);
  await bench.passTime();
  await bench.heal();
  await bench.workUntil('filter');
  expect(await reserved()).toEqual(keys);

  await bench.work();

  expect(await reserved()).toEqual(keys.slice(1));
});

it('fails a run whose verdicts are too old time after time, and says what to mend; a retry by hand begins anew', async () => {
  const { runId } = await bench.readyRun({ screened: true });
  const stopHurry = hurry(31);

  await bench.work();

  const error = { error_step: 'upload', error_code: 'screeningExpired' };
  expect(await bench.runOf(runId)).toMatchObject({ status: 'failed', ...error, rung_at: null });
  const told = new RegExp(`older than 30 minutes.*SFTP server.*screeningMaxAgeMinutes; then ${RETRY_ADVICE}$`);
  expect((await bench.runOf(runId))?.error_message).toMatch(told);
  expect([await bench.generationOf(runId), bench.sftp.log]).toEqual([3, []]);
  expect(await bench.reservationsOf(runId)).toEqual([]);

  stopHurry();
  await bench.retry(runId);
  await bench.workUntil('upload');
  passMinutes(31);
  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
  expect([await bench.generationOf(runId), bench.contactsSent().length]).toEqual([5, 1]);
});

it('screens anew what is retried by hand after hours', async () => {
  const { runId, people } = await bench.readyRun({ screened: true });
  await bench.failAt('upload');
  await callOff(people[0]?.key);
  passMinutes(300);

  await bench.retry(runId);
  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded', counts: { exported: 2 } });
  expect([await bench.generationOf(runId), bench.contactsSent().length]).toEqual([2, 1]);
});

describe('what an upload has left on the server', () => {
  const leftThere = () => [...bench.sftp.files.keys()].filter((name) => name.endsWith('.part'));

  async function brokenUpload() {
    const { runId } = await bench.readyRun({ screened: true });
    bench.sftp.cutAfter(10);
    await bench.work();
    expect(leftThere()).toHaveLength(1);
    passMinutes(31);
    return runId;
  }

  it('is removed before the contacts are screened anew', async () => {
    const runId = await brokenUpload();
    await bench.passTime();
    await bench.heal();

    await bench.workUntil('filter');

    const [delivery] = await bench.db.query('select state from delivery where run_id = $1', [runId]);
    expect([leftThere(), delivery]).toEqual([[], { state: 'superseded' }]);
  });

  it('is removed by the next upload where the server was away', async () => {
    const runId = await brokenUpload();
    bench.sftp.goAway();
    await bench.passTime();
    await bench.heal();
    await bench.workUntil('export');
    expect(leftThere()).toHaveLength(1);
    expect(await eventsOf(runId, 'temporaryFile.left')).toHaveLength(1);
    bench.sftp.allow('connect');

    await bench.work();

    expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
    expect([leftThere(), bench.contactsSent().length]).toEqual([[], 1]);
  });
});

it('never screens anew once the rename may have been sent', async () => {
  const { runId } = await bench.readyRun({ screened: true });
  bench.sftp.loseReplyTo('rename');
  await bench.work();
  passMinutes(600);

  await goOn();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
  expect([await bench.generationOf(runId), bench.contactsSent().length, bench.uploads()]).toEqual([1, 1, 1]);
});

it('has no verdicts that could grow old where nobody is screened', async () => {
  const { runId } = await bench.readyRun();
  bench.sftp.goAway();
  await bench.work();
  passMinutes(600);
  bench.sftp.allow('connect');

  await goOn();

  expect([await bench.generationOf(runId), bench.contactsSent().length]).toEqual([1, 1]);
});

it('remembers since when the server has been away: the run still ends in its time', async () => {
  const { runId } = await heldUpRun();
  await bench.db.execute(
    `update run_step set first_failed_at = clock_timestamp() - interval '2 h' where run_id = $1 and name = 'upload'`,
    [runId],
  );
  passMinutes(31);

  await goOn();

  const error = { error_step: 'upload', error_code: 'sftpUnreachable' };
  expect(await bench.runOf(runId)).toMatchObject({ status: 'failed', ...error });
  expect(await bench.generationOf(runId)).toBe(2);
});

it('forgets failures of steps that had succeeded: they have all their tries again', async () => {
  const { runId } = await heldUpRun();
  await bench.db.execute(
    `update run_step set failures = 3, first_failed_at = clock_timestamp() - interval '2 h' where run_id = $1 and name = 'filter'`,
    [runId],
  );
  passMinutes(31);
  bench.sftp.allow('connect');
  await bench.passTime();
  await bench.heal();
  await bench.workUntil('filter');
  const away = () => Promise.reject(new TemporaryFailure('databaseBusy', 'a lock was held for long'));

  await bench.work({ audience: { ...bench.deps.audience, load: away } });
  expect(await bench.runOf(runId)).toMatchObject({ status: 'running' });
  await goOn();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
});

it('delivers the same bytes within a generation, whatever crashes', async () => {
  const { runId, keys } = await heldUpRun();
  await callOff(keys[0]);
  passMinutes(31);
  bench.sftp.allow('connect');
  await bench.passTime();
  await bench.heal();
  for (const step of ['export', 'upload'] as const) {
    await bench.workUntil(step);
    if (step === 'export') await bench.deps.audience.drop(runId); // PostgreSQL has lost the cache
    await bench.runs.claim({ runId, step }, false); // … and a worker dies
    await bench.loseWorker(runId, step);
  }

  await bench.work();

  const csv = ['person.displayId,contact.value', ...keys.slice(1).map((key) => `${key},+14155550101`), ''].join('\r\n');
  expect(bench.contactsSent().map(([, sent]) => sent.toString())).toEqual([csv]);
  expect(await bench.generationOf(runId)).toBe(2);
});
