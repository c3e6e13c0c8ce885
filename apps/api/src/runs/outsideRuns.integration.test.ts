import { type ApiBench, apiBench, type Call } from '@muster/testing/apiBench';
import { insertCampaign, insertRow } from '@muster/testing/factories';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const newCampaign = (change: object = {}) => insertCampaign(bench.db, { companyId: bench.own.id, ...change });

async function newRun(body: object = { worker: 'external' }, change: object = {}) {
  const campaign = await newCampaign(change);
  const started = await bench.call('POST', `/api/campaigns/${campaign}/runs`, { body });
  const path = `/api/campaigns/${campaign}/runs/${String(started.json['id'])}`;
  const report = (report: object, options: Call = {}) => bench.call('PUT', path, { body: report, ...options });
  return { campaign, started, path, report, id: String(started.json['id']) };
}

async function newFile(companyId = bench.own.id, change: object = {}) {
  const file = { companyId, name: 'x.csv', key: 'k', sizeBytes: 1, sha256: 'ab', ...change };
  return (await insertRow<{ id: string }>(bench.db, 'file', file)).id;
}

describe('a run for an outside worker', () => {
  it('is stored and waits for that, without steps', async () => {
    const { started, path } = await newRun();
    expect(started).toMatchObject({ status: 200, json: { status: 'pending', worker: 'external', steps: [] } });
    expect((await bench.call('GET', path)).json).toEqual(started.json);
  });

  it('needs no query of ours', async () => {
    expect((await newRun({ worker: 'external' }, { redashQueryUrl: null })).started.status).toBe(200);
  });

  it('counts as the run of its campaign that is under way', async () => {
    const { campaign, id } = await newRun();
    const second = await bench.call('POST', `/api/campaigns/${campaign}/runs`);
    expect(second).toMatchObject({ status: 409, json: { code: 'runActive', details: { runId: id } } });
  });

  it('takes no rows: its worker brings them', async () => {
    const { started } = await newRun({ worker: 'external', queryResultsOverride: [{ borrowerId: 1 }] });
    expect(started).toMatchObject({ status: 400, faults: ['queryResultsOverride notTogether'] });
  });

  it.each(['own', 'other', null, 1])('is not started with worker %j', async (worker) => {
    expect((await newRun({ worker })).started).toMatchObject({ status: 400, faults: ['worker notAllowed'] });
  });
});

describe('a report', () => {
  it('tells how the run stands, from its beginning to its end', async () => {
    const { report } = await newRun();
    const running = await report({ status: 'running' });
    expect(running).toMatchObject({ status: 200, json: { status: 'running', finishedAt: null, error: null } });
    expect(running.json['startedAt']).not.toBeNull();
    const done = await report({ status: 'succeeded' });
    expect(done.json).toMatchObject({ status: 'succeeded', startedAt: running.json['startedAt'], error: null });
    expect(done.json['finishedAt']).not.toBeNull();
  });

  it('says that the run has failed where it has', async () => {
    const { report } = await newRun();
    expect((await report({ status: 'failed' })).json).toMatchObject({
      status: 'failed',
      error: { step: null, code: 'reportedFailed', message: 'its outside worker reported that it failed' },
    });
  });

  const statuses = ['pending', 'running', 'succeeded', 'failed', 'canceled'];
  const following: Record<string, string[]> = {
    pending: ['pending', 'running', 'failed', 'canceled'],
    running: ['running', 'succeeded', 'failed', 'canceled'],
    succeeded: ['succeeded'],
    failed: ['failed'],
    canceled: ['canceled'],
  };
  const pairs = statuses.flatMap((from) => statuses.map((to) => [from, to] as const));
  const follows = ([from, to]: readonly [string, string]) => following[from]?.includes(to) ?? false;

  it.each(pairs.filter(follows))('takes a run from %s to %s', async (from, to) => {
    const { report, id } = await newRun();
    await bench.db.execute('update run set status = $2 where id = $1', [id, from]);
    expect(await report({ status: to })).toMatchObject({ status: 200, json: { status: to } });
  });

  it.each(pairs.filter((pair) => !follows(pair)))('is refused where it takes a run from %s to %s', async (from, to) => {
    const { report, id, path } = await newRun();
    await bench.db.execute('update run set status = $2 where id = $1', [id, from]);
    const answer = await report({ status: to });
    expect(answer).toMatchObject({
      status: 409,
      json: { code: 'wrongTransition' },
      faults: ['status wrongTransition'],
    });
    expect(answer.json['message']).toMatch(new RegExp(`is ${from} and cannot become ${to}`));
    expect((await bench.call('GET', path)).json['status']).toBe(from);
  });

  it('gives the run its files, under their own names', async () => {
    const { report, path } = await newRun();
    const [queryResultsFileId, logFileId] = [await newFile(), await newFile()];
    const answer = await report({ status: 'running', queryResultsFileId, logFileId });
    expect(answer.json).toMatchObject({
      availableFiles: ['log.txt', 'query_results.csv'],
      queryResultsFileId,
      logFileId,
      campaignInputFileId: null,
      contactsOutputFileId: null,
    });
    expect((await bench.call('GET', path)).json).toEqual(answer.json);
  });

  it('replaces a file by a new one, and takes one away by null', async () => {
    const { report } = await newRun();
    const [first, second] = [await newFile(), await newFile()];
    await report({ contactsOutputFileId: first });
    expect((await report({ contactsOutputFileId: second })).json).toMatchObject({ contactsOutputFileId: second });
    const [old] = await bench.db.query('select run_id from file where id = $1', [first]);
    expect(old).toEqual({ run_id: null });
    expect((await report({ contactsOutputFileId: null })).json).toMatchObject({
      contactsOutputFileId: null,
      availableFiles: [],
    });
  });

  it('moves a file from one name to another', async () => {
    const { report } = await newRun();
    const file = await newFile();
    await report({ contactsOutputFileId: file });
    const moved = await report({ contactsOutputFileId: null, campaignInputFileId: file });
    expect(moved.json).toMatchObject({ campaignInputFileId: file, availableFiles: ['campaign_input.csv'] });
  });

  it('is refused where one file would be two of the run', async () => {
    const { report } = await newRun();
    const file = await newFile();
    const both = await report({ queryResultsFileId: file, logFileId: file });
    expect(both).toMatchObject({ status: 400, faults: ['logFileId notUnique'] });
    await report({ queryResultsFileId: file });
    expect(await report({ logFileId: file })).toMatchObject({ status: 400, faults: ['logFileId notUnique'] });
  });

  it.each([
    ['that is not there', async () => 'FL-ZZZZ-ZZZZ'],
    ['with a name that is none', async () => '../etc\u0301'],
    ['of another company', () => newFile(bench.other.id)],
    ['of ours alone', () => newFile(bench.own.id, { internal: true })],
    ['that was removed', () => newFile(bench.own.id, { removedAt: new Date() })],
  ])('is refused whole for a file %s', async (_, file) => {
    const { report, path } = await newRun();
    const answer = await report({ status: 'running', logFileId: await file() });
    expect(answer).toMatchObject({ status: 404, faults: ['logFileId fileNotFound'] });
    expect(answer.json['message']).toBe('there is no such file');
    expect((await bench.call('GET', path)).json).toMatchObject({ status: 'pending', logFileId: null });
  });

  it('names every file that is not there at once', async () => {
    const { report } = await newRun();
    const body = { logFileId: 'FL-ZZZZ-ZZZZ', contactsOutputFileId: await newFile(), queryResultsFileId: 'none' };
    const answer = await report(body);
    expect(answer).toMatchObject({
      status: 404,
      faults: ['queryResultsFileId fileNotFound', 'logFileId fileNotFound'],
    });
    expect(answer.json).not.toHaveProperty('details');
  });

  it('is refused for a file of another run', async () => {
    const [one, other] = [await newRun(), await newRun()];
    const file = await newFile();
    await one.report({ logFileId: file });
    expect(await other.report({ logFileId: file })).toMatchObject({ status: 409, faults: ['logFileId fileTaken'] });
  });

  it('gives no file to a run whose files are past their retention, and takes none away', async () => {
    const { report, id } = await newRun();
    await report({ status: 'failed', logFileId: await newFile() });
    await bench.db.execute('update run set files_leaving_at = now() where id = $1', [id]);
    for (const body of [{ queryResultsFileId: await newFile() }, { logFileId: await newFile() }])
      expect(await report(body)).toMatchObject({ status: 409, json: { code: 'filesRemoved' } });
  });

  it('may name the campaign of the run, and no other', async () => {
    const { report, campaign } = await newRun({ worker: 'external' }, { externalId: 'the one' });
    expect((await report({ borrowerCampaignId: campaign })).status).toBe(200);
    expect((await report({ borrowerCampaignId: 'the one' })).status).toBe(200);
    for (const other of [
      await newCampaign(),
      await insertCampaign(bench.db, { companyId: bench.other.id }),
      'CM-X-Y',
    ]) {
      const answer = await report({ status: 'running', borrowerCampaignId: other });
      expect(answer).toMatchObject({ status: 400, faults: ['borrowerCampaignId otherCampaign'] });
    }
  });

  it('may hold all that was read, and changes nothing by it', async () => {
    const { report } = await newRun();
    const { json } = await report({ status: 'running', logFileId: await newFile() });
    const { updatedAt: _, ...again } = (await report(json)).json;
    expect(json).toMatchObject(again);
  });

  it('keeps the run alive, also without any news', async () => {
    const { report, id } = await newRun();
    await bench.db.execute(`update run set updated_at = now() - interval '23 h' where id = $1`, [id]);
    const { json } = await report({});
    expect(Date.parse(String(json['updatedAt']))).toBeGreaterThan(Date.now() - 60_000);
  });

  it('is refused for a field that is none, and for a value that is none', async () => {
    const { report } = await newRun();
    const answer = await report({ logfileId: 'x', status: 'done', availableFiles: 'all', logFileId: 7 });
    expect(answer.status).toBe(400);
    expect(answer.faults.sort()).toEqual(
      ['availableFiles wrongType', 'logFileId wrongType', 'logfileId unknownField', 'status notAllowed'].sort(),
    );
  });

  it('is refused on a run of our own workers, naming what ends it', async () => {
    const { report, campaign, id } = await newRun({});
    const answer = await report({ status: 'canceled' });
    expect(answer).toMatchObject({ status: 409, json: { code: 'ownRun' } });
    expect(answer.json['message']).toContain(`POST /campaigns/${campaign}/runs/${id}/cancel`);
  });

  it('is refused where somebody else was faster', async () => {
    const { report, started } = await newRun();
    const headers = { 'If-Match': started.headers.get('etag') ?? '' };
    const first = await report({ status: 'running' }, { headers });
    expect(first.status).toBe(200);
    expect(await report({ status: 'failed' }, { headers })).toMatchObject({ status: 412 });
    const fresh = { 'If-Match': first.headers.get('etag') ?? '' };
    expect(await report({ status: 'failed' }, { headers: fresh })).toMatchObject({ status: 200 });
  });

  it('ends a run once, of two that come at once', async () => {
    const { report } = await newRun();
    await report({ status: 'running' });
    const answers = await Promise.all([report({ status: 'succeeded' }), report({ status: 'failed' })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('ends a run once, of a report and a cancel that come at once', async () => {
    const { report, path } = await newRun();
    await report({ status: 'running' });
    const [reported, canceled] = await Promise.all([
      report({ status: 'succeeded' }),
      bench.call('POST', `${path}/cancel`),
    ]);
    expect([reported.status, canceled.status].sort()).toEqual([200, 409]);
    const ended = reported.status === 200 ? 'succeeded' : 'canceled';
    expect((await bench.call('GET', path)).json['status']).toBe(ended);
  });

  it('is for services and admins', async () => {
    const { report } = await newRun();
    const { viewer, operator, service, admin } = bench.own.keys;
    const statusFor = async (key: string) => (await report({}, { key })).status;
    expect([await statusFor(viewer), await statusFor(operator)]).toEqual([403, 403]);
    expect([await statusFor(service), await statusFor(admin)]).toEqual([200, 200]);
  });

  it('is written into the run\u2019s log, without the ids of files', async () => {
    const { report, id } = await newRun();
    const file = await newFile();
    await report({ status: 'running', logFileId: file });
    await report({});
    const events = await bench.db.query(
      `select details from run_event where run_id = $1 and event = 'run.reported' order by number`,
      [id],
    );
    expect(events).toEqual([{ details: { status: 'running', files: ['log.txt'] } }]);
  });
});
