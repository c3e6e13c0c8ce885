import { type Claim } from '@muster/pipeline/runs';
import { insertDoNotInteract } from '@muster/testing/factories';
import { type ControlBench, controlBench } from '@muster/testing/controlBench';
import { pastFiles } from './pastFiles.ts';
import { listRunFiles } from './runViews.ts';

let bench: ControlBench;
beforeEach(async () => void (bench = await controlBench()));
afterEach(() => bench.close());

describe('a run that failed', () => {
  it.each(['query', 'filter', 'export', 'upload'] as const)(
    'goes on at its %s, and repeats nothing that had finished',
    async (failing) => {
      const { runId } = await bench.readyRun();
      await bench.failAt(failing);

      await bench.retry(runId);
      expect(await bench.runOf(runId)).toMatchObject({ status: 'pending', error_code: null, error_step: null });
      await bench.work();

      expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded', counts: { queried: 3, exported: 3 } });
      const once = { query: 1, filter: 1, export: 1, upload: 1, report: 1 };
      expect(await bench.attemptsOf(runId)).toEqual({ ...once, [failing]: 2 });
      expect([bench.redash.asked, await bench.generationOf(runId), bench.contactsSent().length]).toEqual([1, 1, 1]);
    },
  );
});

describe('screened contacts that are not delivered', () => {
  it('are screened anew, as a new generation, and what was made of the old verdicts is shown no more', async () => {
    const { runId, people } = await bench.readyRun({ screened: true });
    await bench.failAt('upload');
    await insertDoNotInteract(bench.db, { companyId: bench.companyId, personKey: people[0]?.key ?? '' });

    await bench.retry(runId);
    const shown = await listRunFiles(bench.company, await bench.wantedRun(runId));
    expect(shown.files.map(({ name }) => name)).toEqual(['query_results.csv']);
    expect(await bench.runOf(runId)).toMatchObject({ screened: null, counts: { queried: 3 } });
    await bench.work();

    expect(await bench.runOf(runId)).toMatchObject({
      ...{ status: 'succeeded', screened: true },
      counts: { queried: 3, exported: 2, screenedOut: { doNotInteract: 1 } },
    });
    expect([await bench.generationOf(runId), bench.redash.asked]).toEqual([2, 1]);
    expect(await bench.attemptsOf(runId)).toEqual({ query: 1, filter: 2, export: 2, upload: 2, report: 1 });
    const [[, sent] = []] = bench.contactsSent();
    expect(sent?.toString()).not.toContain(`\n${people[0]?.key ?? ''},`);
    expect(sent?.toString()).toContain(`\n${people[1]?.key ?? ''},`);
  });

  it('give back what was reserved for them', async () => {
    const { runId, people } = await bench.readyRun({ screened: true });
    await bench.failAt('upload');
    await bench.reserve(runId, people[0]?.key ?? '');

    await bench.retry(runId);

    expect(await bench.reservationsOf(runId)).toEqual([]);
  });

  it('give it back already when their run fails', async () => {
    const { runId, people } = await bench.readyRun({ screened: true });
    await bench.reserve(runId, people[0]?.key ?? '');

    await bench.failAt('upload');

    expect(await bench.reservationsOf(runId)).toEqual([]);
  });

  it('leave nothing of the first generation on the server', async () => {
    const { runId } = await bench.readyRun({ screened: true });
    await bench.workUntil('upload');
    bench.sftp.cutAfter(3);
    await bench.work({ retries: { ...bench.deps.retries, upload: 0 } });
    expect(await bench.runOf(runId)).toMatchObject({ status: 'failed', error_code: 'sftpUnreachable' });
    expect(bench.sftp.files.size).toBe(1);

    await bench.retry(runId);
    await bench.work();

    expect([...bench.sftp.files.keys()].filter((name) => name.endsWith('.part'))).toEqual([]);
    const tries = await bench.db.query(
      `select try, generation, state from delivery where run_id = $1 and file = 'contacts_output.csv' order by try`,
      [runId],
    );
    expect(tries).toEqual([
      { try: 1, generation: 1, state: 'failed' },
      { try: 2, generation: 2, state: 'delivered' },
    ]);
  });
});

/** A run that was parked in its report: its contacts are delivered. */
const parkedReport = async (options = {}) => {
  const ready = await bench.readyRun({ screened: true, ...options });
  await bench.workUntil('report');
  await bench.park(ready.runId, 'report');
  bench.doorbell.flush();
  return ready;
};

describe('contacts that are delivered', () => {
  it('are never screened or sent again, and stay where they are', async () => {
    const { runId, contactExporterId } = await parkedReport();
    await bench.changeCampaign(
      runId,
      `sftp_settings = sftp_settings || '{"host": "other.example.com", "fileNameTemplate": "{runId}{kind}"}'`,
    );
    await bench.db.execute(`update contact_exporter set check_can_interact_data = null where id = $1`, [
      contactExporterId,
    ]);

    await bench.retry(runId);
    await bench.work();

    expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded', screened: true });
    expect([bench.uploads(), bench.contactsSent().length, await bench.generationOf(runId)]).toEqual([1, 1, 1]);
    expect(await bench.settingsOf(runId)).toMatchObject({
      sftp: { host: 'sftp.example.com', fileNameTemplate: '{runId}{kind}' },
      exporter: { checkCanInteractData: { theme: 'opsCollDebt' } },
    });
  });

  it('keep what was reserved for them', async () => {
    const { runId, people } = await parkedReport();
    await bench.retry(runId);
    const report = (await bench.runs.claim({ runId, step: 'report' }, false)) as Claim;
    await bench.runs.endRun(report, 'failed', { code: 'x', message: 'X' });

    expect(await bench.reservationsOf(runId)).toHaveLength(people.length);
  });
});

describe('contacts of a campaign without SFTP', () => {
  it('are handed over once they are sealed: they stay as they are, and what was reserved for them as well', async () => {
    const { runId, people } = await bench.readyRun({ screened: true, withSftp: false });
    await bench.workUntil('report');
    await bench.park(runId, 'report');
    bench.doorbell.flush();

    await bench.retry(runId);
    await bench.work();

    expect([await bench.runOf(runId), await bench.generationOf(runId)]).toMatchObject([{ status: 'succeeded' }, 1]);
    expect(await bench.reservationsOf(runId)).toHaveLength(people.length);
  });

  it('are screened anew before they go to a server that the campaign has got meanwhile', async () => {
    const { runId } = await parkedReport({ withSftp: false });
    const server = { host: 'sftp.example.com', username: 'muster', cdDir: null, hostKeyFingerprint: null };
    const sftp = JSON.stringify({ ...server, fileNameTemplate: null, compression: 'none' });
    await bench.changeCampaign(runId, `sftp_settings = '${sftp}'`);

    await bench.retry(runId);
    await bench.work();

    expect([await bench.generationOf(runId), bench.contactsSent().length]).toEqual([2, 1]);
  });
});

describe('settings that have changed meanwhile', () => {
  it('are taken anew: a run goes to the server that the campaign names now', async () => {
    const { runId } = await bench.readyRun();
    await bench.failAt('upload');
    await bench.changeCampaign(runId, `sftp_settings = sftp_settings || '{"host": "other.example.com"}'`);

    await bench.retry(runId);

    expect((await bench.settingsOf(runId))?.sftp?.host).toBe('other.example.com');
  });

  it('match the contacts anew where the exporter is another one, screened or not', async () => {
    const { runId, contactExporterId } = await bench.readyRun();
    await bench.failAt('export');
    const columns = [{ field: 'person.displayId', outputName: 'borrower' }];
    await bench.db.execute(`update contact_exporter set column_settings = $2 where id = $1`, [
      contactExporterId,
      JSON.stringify(columns),
    ]);

    await bench.retry(runId);
    await bench.work();

    expect([await bench.runOf(runId), await bench.generationOf(runId)]).toMatchObject([{ status: 'succeeded' }, 2]);
    expect(bench.contactsSent()[0]?.[1].toString()).toMatch(/^borrower\r\n/);
  });

  it('make no run of a campaign that is deleted', async () => {
    const { runId } = await bench.readyRun();
    await bench.failAt('query');
    await bench.changeCampaign(runId, 'deleted_at = now()');

    const message = expect.stringMatching(/^campaign CM-\S+ was deleted, .*make a new campaign/) as string;
    await expect(bench.retry(runId)).rejects.toMatchObject({ code: 'campaignNotFound', message });
  });
});

describe('a retry is refused', () => {
  it('of a run that is under way, went well, or was canceled', async () => {
    const { runId } = await bench.readyRun();
    await expect(bench.retry(runId)).rejects.toMatchObject({ code: 'notRetriable', details: { status: 'pending' } });
    await bench.work();
    const { campaign } = await bench.wantedRun(runId);
    const message = expect.stringContaining(`start a new run: POST /campaigns/${campaign}/runs`) as string;
    const succeeded = { code: 'notRetriable', details: { status: 'succeeded' }, message };
    await expect(bench.retry(runId)).rejects.toMatchObject(succeeded);
    await bench.db.execute(`update run set status = 'canceled' where id = $1`, [runId]);
    await expect(bench.retry(runId)).rejects.toMatchObject({ code: 'notRetriable' });
  });

  it('while nobody knows whether its file was delivered', async () => {
    const { runId } = await bench.readyRun();
    await bench.workUntil('upload');
    bench.sftp.loseReplyTo('rename').thenRemove(/_contacts.csv$/);
    await bench.work();
    await bench.passTime();
    await bench.heal();
    await bench.work();

    await expect(bench.retry(runId)).rejects.toMatchObject({
      code: 'deliveryUnknown',
      details: { file: 'contacts_output.csv' },
    });
  });

  it('while another run of the campaign is under way, naming it; and both asked at once make one', async () => {
    const { runId } = await bench.readyRun();
    await bench.failAt('query');
    const other = await copyRun(runId);
    await expect(bench.retry(runId)).rejects.toMatchObject({ code: 'runActive', details: { runId: other } });
    await bench.db.execute(`update run set status = 'failed' where id = $1`, [other]);

    const outcomes = await Promise.allSettled([bench.retry(runId), bench.retry(runId), bench.retry(runId)]);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('once its query result is too old, by the clock of the database', async () => {
    const { runId } = await bench.readyRun();
    await bench.failAt('upload');
    const age = (hours: number) =>
      bench.db.execute(
        `update run_step set finished_at = now() - $2 * interval '1 hour' where run_id = $1 and name = 'query'`,
        [runId, hours],
      );

    await age(25);
    await expect(bench.retry(runId)).rejects.toMatchObject({
      code: 'queryResultTooOld',
      message: expect.stringContaining('25 hours') as string,
    });
    await age(1.5);
    await expect(bench.retry(runId, { withinMs: 60_000 })).rejects.toMatchObject({
      message: expect.stringContaining('90 minutes') as string,
    });
    await age(23);
    await bench.retry(runId);
  });

  it('once its files are past their retention, be they gone or about to go', async () => {
    const { runId } = await bench.readyRun();
    await bench.failAt('query');
    await bench.db.execute(`update run set finished_at = now() - interval '31 days' where id = $1`, [runId]);
    expect(await pastFiles(bench.db).takeRuns()).toMatchObject([{ id: runId }]);

    await expect(bench.retry(runId)).rejects.toMatchObject({ code: 'filesRemoved' });
  });

  it('never for its age where the query gave nothing yet', async () => {
    const { runId } = await bench.readyRun();
    await bench.failAt('query');
    await bench.db.execute(`update run set created_at = now() - interval '3 days' where id = $1`, [runId]);

    await expect(bench.retry(runId)).resolves.toBeUndefined();
  });
});

/** Another run of the same campaign, under way. */
async function copyRun(runId: string) {
  const [run] = await bench.db.query<{ id: string }>(
    `insert into run (company_id, campaign_id, trigger, settings)
     select company_id, campaign_id, trigger, settings from run where id = $1 returning id`,
    [runId],
  );
  return run?.id ?? '';
}
