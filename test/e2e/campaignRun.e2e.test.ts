import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSshd, type SshdServer } from '@muster/testing/startSshd';
import { waitFor } from '@muster/testing/waitFor';
import { createCampaign, downloadContacts, remoteNameOf, type ShownRun, startRun, untilRun } from './campaignRuns.ts';
import { findLeaks } from './findLeaks.ts';
import { type House, openHouse } from './house.ts';
import { BORROWERS, EXPORTED, PHONE, SCREENED_OUT } from './insertBorrowers.ts';
import { scheduleSoon } from './scheduleSoon.ts';
import { unzip } from './unzip.ts';
import { hang } from '../../tools/redash/faults.ts';

const OPENING_MS = 90_000;
const keyLogin = ({ host, port, username, privateKey, hostKeyFingerprint }: SshdServer) => ({
  ...{ host: `${host}:${port}`, username, privateKey, hostKeyFingerprint },
});

describe.each(['redis', 'postgres'] as const)('a run, with the queue on %s', (backend) => {
  let house: House;
  let sshd: SshdServer;
  let path = '';
  let run: ShownRun;
  beforeAll(async () => {
    [house, sshd] = await Promise.all([openHouse({ backend, schedulers: 2 }), startSshd()]);
    house.keep(sshd);
    path = await startRun(house, await createCampaign(house, { sftp: keyLogin(sshd) }));
    run = await untilRun(house, path, succeeded);
  }, OPENING_MS);
  afterAll(() => house.close(), OPENING_MS);

  it('delivers to OpenSSH the very bytes that the API serves', async () => {
    const delivered = await readFile(join(sshd.directory, remoteNameOf(run)));

    expect(delivered.equals(await downloadContacts(house, path))).toBe(true);
    expect(delivered.toString().trimEnd().split('\r\n')).toHaveLength(1 + EXPORTED);
    expect(run.deliveries).toContainEqual({
      ...{ file: 'contacts_output.csv', host: `${sshd.host}:${sshd.port}`, directory: null },
      ...{ try: 1, remoteName: remoteNameOf(run), state: 'delivered', resolution: null },
      ...{ sizeBytes: delivered.length, sha256: createHash('sha256').update(delivered).digest('hex') },
    });
  });

  it('gives all its files as a zip', async () => {
    const files = unzip((await house.api.call('GET', `${path}/files`)).bytes);

    expect([...files.keys()].sort()).toEqual([...run.availableFiles].sort());
    expect(files.get('contacts_output.csv')?.equals(await downloadContacts(house, path))).toBe(true);
  });

  it('drops a log beside the contacts that tells the story without telling of people', async () => {
    const log = await readFile(join(sshd.directory, remoteNameOf(run, 'log.txt')), 'utf8');

    expect(log).toBe((await house.api.call('GET', `${path}/files?file=log.txt`)).bytes.toString());
    for (const step of ['query', 'filter', 'export', 'upload']) expect(log).toContain(`  ${step}  step.finished`);
    expect(log).not.toMatch(PHONE);
    expect(log).not.toMatch(/\b(BO|CT|LN)-/);
  });

  it('counts a funnel that adds up', async () => {
    const sql = `select key as id from person union all (select key from person limit 3) union all values (-1), (null), (987654321)`;
    const query = house.saveQuery(`select id, 30 as days_past_due from (${sql}) ids`);
    const { counts } = await untilRun(house, await startRun(house, await createCampaign(house, query)), succeeded);

    expect(counts).toMatchObject({ queried: BORROWERS + 6, invalid: 2, duplicate: 3, unknownBorrower: 1 });
    expect(counts).toMatchObject({ goOn: BORROWERS, noContact: 0, matched: BORROWERS, exported: EXPORTED });
    expect(counts['contacts']).toBe(EXPORTED + SCREENED_OUT);
    expect(counts.screenedOut).toEqual({ doNotInteract: SCREENED_OUT });
  });

  it('is answered before any of its work, and a second one is refused with its id', async () => {
    const query = house.saveQuery('select 1 as id');
    const id = await createCampaign(house, query);
    house.redash.plan(hang(), { path: new RegExp(`/queries/${query.redashQueryUrl.split('/').at(-1) ?? ''}/`) });

    const first = await house.api.call('POST', `/campaigns/${id}/runs`, {});
    const second = await house.api.call('POST', `/campaigns/${id}/runs`, {});

    expect(first.status).toBe(200);
    expect(first.json).toMatchObject({ status: 'pending', borrowerCampaignId: id, availableFiles: [] });
    expect(second.status).toBe(409);
    expect(second.json).toMatchObject({ code: 'runActive', details: { runId: first.json['id'] } });
  });

  it('is begun by the schedule, once, with two schedulers at work', async () => {
    const campaignId = await scheduleSoon(house, { sftp: keyLogin(sshd) });
    const runs = await waitFor(() => endedRuns(house, campaignId), {
      timeoutMs: 40_000,
      what: 'the slot to become a run',
    });

    expect(runs).toMatchObject([{ trigger: 'schedule', status: 'succeeded' }]);
    const slots = await house.db.query('select state, run_id from campaign_slot where campaign_id = $1', [campaignId]);
    expect(slots).toEqual([{ state: 'run', run_id: runs[0]?.id }]);
  });

  it('leaves no secret and no phone number in logs, queues, answers or other tables', async () => {
    await expect(findLeaks(house)).resolves.toEqual([]);
  });

  it('ends with its processes when they are told to: each with code 0', async () => {
    const codes = await Promise.all(house.processes.map((process) => process.stop()));

    expect(codes).toEqual([0, 0, 0, 0]);
  });
});

const succeeded = ({ status }: ShownRun) => status === 'succeeded';

async function endedRuns({ api }: House, campaignId: string): Promise<ShownRun[] | undefined> {
  const { json } = await api.call('GET', `/campaigns/${campaignId}/runs`);
  const runs = json['data'] as ShownRun[];
  return runs.length > 0 && runs.every(succeeded) ? runs : undefined;
}
