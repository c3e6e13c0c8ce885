import { backUpDatabase } from '@muster/testing/testDatabase';
import { waitFor } from '@muster/testing/waitFor';
import { runCli } from '../../tools/demo/runCli.ts';
import { createCampaign, deliveredBy, remoteNameOf, type ShownRun, startRun, untilRun } from '../e2e/campaignRuns.ts';
import { type HeldRun, holdInQuery, openDrop } from '../e2e/heldRuns.ts';
import { type House, openHouse } from '../e2e/house.ts';
import { type SftpDrop } from '../e2e/sftpDrop.ts';
import { type MusterProcess } from '../e2e/startProcess.ts';
import { slotsOf, untilSlots, wasDownFor } from './downTime.ts';
import { isWhole } from './totals.ts';

const OPENING_MS = 300_000;
const TEST_MS = 120_000;
const MANY_IDS = 100;
const PHONE_LOADED_AGAIN = '+14155550001';

type Backup = Awaited<ReturnType<typeof backUpDatabase>>;

// PostgreSQL goes back in time, with the queue that may be in it; Redis, the file store and the SFTP server stay as they are. Test
// after test follows the steps of docs/operations.md.
describe.each(isWhole ? (['redis', 'postgres'] as const) : (['redis'] as const))(
  'C6: PostgreSQL brought back from a backup, with the queue on %s:',
  (backend) => {
    let house: House;
    let drop: SftpDrop;
    let backup: Backup;
    let campaigns: Record<'byHand' | 'scheduled', string>;
    let lost: Record<'open' | 'byHand' | 'scheduled', ShownRun>;
    let open: HeldRun;
    const up: MusterProcess[] = [];

    beforeAll(async () => {
      house = await openHouse({ backend, schedulers: 0 });
      drop = await openDrop(house);
      const create = () => createCampaign(house, { sftp: drop.settings });
      campaigns = { byHand: await create(), scheduled: await create() };
      await wasDownFor(house, campaigns.scheduled, { days: 1, cutOff: '23:00' });
      open = await holdInQuery(house);
      backup = await backUpDatabase(house.databaseUrl);
      house.keep({ stop: backup.drop });
      await isBack(house);
      lost = await goOn();
      await Promise.all([...house.processes, ...up.splice(0)].map((one) => one.stop()));
    }, OPENING_MS);
    afterAll(() => house.close(), OPENING_MS);

    /** What the backup does not know: the end of that run, a run by hand, and one by schedule. */
    async function goOn() {
      await open.letGo();
      up.push(await house.start('scheduler'));
      const byHand = await startRun(house, campaigns.byHand);
      await untilSlots(house, campaigns.scheduled, 1);
      const scheduled = await pathOfLast(house, campaigns.scheduled);
      const [ofOpen, ofHand, ofSlot] = await Promise.all(
        [open.path, byHand, scheduled].map((path) => untilRun(house, path)),
      );
      return { open: ofOpen!, byHand: ofHand!, scheduled: ofSlot! };
    }

    const startAgain = async (app: 'api' | 'worker' | 'scheduler', more: Record<string, string> = {}) => {
      const { port } = new URL(house.url);
      const started = await house.start(app, { ...more, ...(app === 'api' && { PORT: port }) });
      up.push(started);
      return started;
    };

    it('all that came since had been delivered, to the borrower as well who said since that he wants no calls', async () => {
      expect(Object.values(lost).map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
      expect((await deliveredBy(drop, lost.byHand)).bytes.includes(PHONE_LOADED_AGAIN)).toBe(true);
    });

    it('without the command, ids that came since would come again', async () => {
      await backup.restore();
      await isBack(house);
      const next = await house.db.query<{ id: string }>(`select new_id('CR') as id from generate_series(1, $1)`, [
        MANY_IDS,
      ]);
      const ids = next.map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining([lost.byHand.id, lost.scheduled.id]));
    });

    it(
      'with it, what was under way has failed, and what fell due since is missed',
      async () => {
        await backup.restore();
        await isBack(house);

        await runCli(['migrate'], house.env);
        expect(await runCli(['database', 'restored'], house.env)).toMatchObject({
          ...{ runsFailed: [lost.open.id], runsCanceled: [], slotsMissed: 1, campaignsUnreadable: [] },
        });
        expect(await slotsOf(house, campaigns.scheduled)).toEqual(['missed databaseRestored']);
      },
      TEST_MS,
    );

    it(
      'what has come in since is loaded again, while no worker takes steps',
      async () => {
        await startAgain('api');
        await startAgain('worker', { WORKER_QUEUES: 'imports' });

        const load = await sendRows(
          house,
          'do-not-interacts',
          'externalId,personId,channels,themes\nsince-1,borrower-1,all,all\n',
        );
        const ended = () =>
          house.api.call('GET', `/imports/${load}`).then(({ data }) => data['finishedAt'] !== null && data);

        expect(await waitFor(ended, { timeoutMs: 30_000, everyMs: 100 })).toMatchObject({
          ...{ error: null, status: 'succeeded', counts: { inserted: 1, refused: 0 } },
        });
      },
      TEST_MS,
    );

    it(
      'once all are up, new runs are delivered, at once and under names of their own',
      async () => {
        await Promise.all([startAgain('scheduler'), startAgain('worker')]);

        const path = await startRun(house, campaigns.byHand);
        const run = await untilRun(house, path);

        expect(run).toMatchObject({ status: 'succeeded', error: null });
        const { bytes, renames } = await deliveredBy(drop, run);
        expect(renames).toBe(1);
        expect(bytes.includes(PHONE_LOADED_AGAIN)).toBe(false);
        expect(Object.values(lost).map((one) => remoteNameOf(one))).not.toContain(remoteNameOf(run));
      },
      TEST_MS,
    );

    it('nothing of the time since is sent again by itself; a person is told of it', async () => {
      const { data } = (await house.api.call('GET', '/alerts?status=open')).json as { data: { code: string }[] };

      expect(await untilRun(house, open.path)).toMatchObject({
        ...{ status: 'failed', error: { step: 'query', code: 'databaseRestored' } },
      });
      expect(await slotsOf(house, campaigns.scheduled)).toEqual(['missed databaseRestored']);
      for (const run of [lost.byHand, lost.scheduled]) expect((await deliveredBy(drop, run)).renames).toBe(1);
      expect((await deliveredBy(open.drop, lost.open)).renames).toBe(1);
      expect(data).toMatchObject([
        { kind: 'slot.missed', campaignId: campaigns.scheduled, code: 'databaseRestored', slots: 1 },
        { kind: 'run.failed', runId: lost.open.id, code: 'databaseRestored' },
      ]);
      expect(JSON.stringify(data)).toContain(remoteNameOf(lost.open));
    });

    it(
      'a retry against that advice finds its own file, and sends no second one',
      async () => {
        expect((await house.api.call('POST', `${open.path}/retry`)).status).toBe(200);

        const { error } = await untilRun(house, open.path);

        expect(error).toMatchObject({ step: 'upload', code: 'remoteNameTaken' });
        expect((await deliveredBy(open.drop, lost.open)).renames).toBe(1);
      },
      TEST_MS,
    );

    it(
      'the next slot runs',
      async () => {
        await aDayPasses(house, campaigns.scheduled);

        expect(await untilSlots(house, campaigns.scheduled, 2)).toEqual(['missed databaseRestored', 'run']);
        expect(await untilRun(house, await pathOfLast(house, campaigns.scheduled))).toMatchObject({
          status: 'succeeded',
        });
      },
      TEST_MS,
    );

    it(
      'the command is refused while anything is up',
      async () => {
        await expect(runCli(['database', 'restored'], house.env)).rejects.toThrow(
          'still connected to this database: muster-api, muster-scheduler, muster-worker',
        );
      },
      TEST_MS,
    );
  },
);

/** Waits until the test's own connections, which were cut as well, are new ones. */
async function isBack({ db }: House) {
  const asked = () => Promise.all(Array.from({ length: 6 }, () => db.query('select pg_sleep(0.01)')));
  await waitFor(
    () =>
      asked().then(
        () => true,
        () => false,
      ),
    { what: 'the database to answer' },
  );
}

async function pathOfLast({ db }: House, campaignId: string) {
  const [run] = await db.query<{ id: string }>(
    'select id from run where campaign_id = $1 order by created_at desc limit 1',
    [campaignId],
  );
  return `/campaigns/${campaignId}/runs/${run?.id}`;
}

async function sendRows({ url, apiKey }: House, kind: string, body: string) {
  const headers = { 'X-API-KEY': apiKey, 'Content-Type': 'text/csv' };
  const sent = await fetch(`${url}/api/imports/${kind}`, { method: 'POST', headers, body });
  return ((await sent.json()) as { data: { id: string } }).data.id;
}

/** Moves a campaign's slots into yesterday, instead of the clock into tomorrow. */
async function aDayPasses({ db }: House, campaignId: string) {
  await db.transaction(async (tx) => {
    await tx.execute(
      `update campaign_slot set due_date = due_date - 1, due_at = due_at - interval '1 day' where campaign_id = $1`,
      [campaignId],
    );
    await tx.execute(
      `update campaign set schedule_set_at = schedule_set_at - interval '1 day', next_due_at = now() where id = $1`,
      [campaignId],
    );
  });
}
