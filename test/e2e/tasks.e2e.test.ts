import { readdir } from 'node:fs/promises';
import { startSshd, type SshdServer } from '@muster/testing/startSshd';
import { waitFor } from '@muster/testing/waitFor';
import { createCampaign, startRun, untilRun } from './campaignRuns.ts';
import { findLeaks } from './findLeaks.ts';
import { type House, openHouse } from './house.ts';
import { BORROWERS, EXPORTED, SCREENED_OUT } from './insertBorrowers.ts';

const OPENING_MS = 90_000;
const ROWS = 40_000; // some seconds of work

describe.each(['redis', 'postgres'] as const)('what a worker does for the API, with the queue on %s', (backend) => {
  let house: House;
  let sshd: SshdServer;
  let campaign = '';
  beforeAll(async () => {
    [house, sshd] = await Promise.all([openHouse({ backend, workers: 2 }), startSshd()]);
    house.keep(sshd);
    const { host, port, username, privateKey } = sshd;
    campaign = await createCampaign(house, { sftp: { host: `${host}:${port}`, username, privateKey } });
  }, OPENING_MS);
  afterAll(() => house.close(), OPENING_MS);

  it('previews a campaign without a trace', async () => {
    const { status, data } = await house.api.call('POST', `/campaigns/${campaign}/preview`);

    expect(status).toBe(200);
    expect(data).toMatchObject({
      screened: true,
      counts: { queried: BORROWERS, exported: EXPORTED, screenedOut: { doNotInteract: SCREENED_OUT } },
      columns: ['phone', 'contact.id', 'last name', 'loan.id', 'query.days_past_due'],
    });
    expect((data['sample'] as string[][])[0]).toMatchObject([
      expect.stringMatching(/^\+1•{7}\d{4}$/),
      {},
      'L••••',
      {},
      {},
    ]);
    expect(await readdir(sshd.directory)).toEqual([]);
    const rows = (table: string) => house.db.query(`select 1 from ${table}`);
    expect([await rows('run'), await rows('file'), await rows('reservation')]).toEqual([[], [], []]);
  });

  it('checks both connections, and leaves nothing on the server', async () => {
    const { data } = await house.api.call('POST', `/campaigns/${campaign}/check`);

    expect(data).toMatchObject({
      redash: { ok: true },
      sftp: { ok: true, hostKeyFingerprint: sshd.hostKeyFingerprint },
    });
    expect(await readdir(sshd.directory)).toEqual([]);
  });

  it('tells of a borrower what a run has decided, soon after its end', async () => {
    await untilRun(house, await startRun(house, campaign));
    const decisionsOf = async (borrower: string) =>
      (await house.api.call('GET', `/people/ext-${borrower}/decisions`)).json['data'] as object[];
    const refused = await waitFor(
      async () => {
        const found = await decisionsOf('borrower-10');
        return found.length > 0 && found;
      },
      { timeoutMs: 20_000, everyMs: 100 },
    );

    const run = { status: 'succeeded', campaignId: campaign };
    const excluded = { verdict: 'excluded', run, reasons: [{ code: 'doNotInteract' }] };
    expect(refused).toMatchObject([excluded, excluded]); // both phones
    expect(await decisionsOf('borrower-1')).toMatchObject([{ verdict: 'included', run, reasons: [] }]);
  }, 60_000);

  it('loads a file once, although its worker is killed in the middle', async () => {
    const rows = Array.from({ length: ROWS }, (_, n) => `bulk-${n},Robin`);
    const sent = await fetch(`${house.url}/api/imports/people`, {
      method: 'POST',
      headers: { 'X-API-KEY': house.apiKey, 'Content-Type': 'text/csv', 'Idempotency-Key': 'bulk' },
      body: ['externalId,name.firstName', ...rows, ''].join('\r\n'),
    });
    const { data } = (await sent.json()) as { data: { id: string } };
    const status = async () => (await house.api.call('GET', `/imports/${data.id}`)).data['status'];
    await waitFor(async () => (await status()) === 'running', { timeoutMs: 20_000 });
    await Promise.all(house.workers.map((worker) => worker.kill()));
    await house.startWorker({ WORKER_QUEUES: 'imports' });
    const ended = await waitFor(
      async () => {
        const found = (await house.api.call('GET', `/imports/${data.id}`)).data;
        return found['finishedAt'] !== null && found;
      },
      { timeoutMs: 60_000, everyMs: 100 },
    );

    expect(ended).toMatchObject({ status: 'succeeded', counts: { read: ROWS, inserted: ROWS, refused: 0 } });
    const [people] = await house.db.query<{ count: number }>(
      `select count(*)::int as count from person where external_id like 'bulk-%'`,
    );
    expect(people?.count).toBe(ROWS);
    expect(await house.db.query('select attempt from task where id = $1', [data.id])).toEqual([{ attempt: 2 }]);
  }, 90_000);

  it('lets no phone number and no secret out', async () => {
    expect(await findLeaks(house)).toEqual([]);
  });
});
