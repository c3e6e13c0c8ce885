import { RETRY_ADVICE } from '@muster/pipeline/retryAdvice';
import { type ControlBench, controlBench } from '@muster/testing/controlBench';
import { resolveDelivery } from './resolveDelivery.ts';
import { getRunView } from './runViews.ts';

let bench: ControlBench;
beforeEach(async () => void (bench = await controlBench()));
afterEach(() => bench.close());

/** A run of which nobody knows whether its contacts were delivered; a borrower's attempt is reserved for it. */
async function doubtfulRun() {
  const { runId, people } = await bench.readyRun();
  await bench.workUntil('upload');
  await bench.reserve(runId, people[0]?.key ?? '');
  bench.sftp.loseReplyTo('rename').thenRemove(/_contacts.csv$/);
  await bench.work();
  await bench.passTime();
  await bench.heal();
  await bench.work();
  expect(await bench.runOf(runId)).toMatchObject({ status: 'failed', error_code: 'deliveryUnknown' });
  return runId;
}

/** As the API does it: in the company's own transaction; then it is rung for. */
const resolve = async (runId: string, as: 'delivered' | 'notDelivered', file = 'contacts_output.csv') => {
  const wanted = await bench.wantedRun(runId);
  const resolution = { file, as, note: 'Asked the dialer’s vendor: Ann', byKey: 'key1' };
  const isReopened = await bench.company.transaction((tx) => resolveDelivery(tx, wanted, resolution));
  await bench.ring();
  return isReopened;
};
const statesOf = async (runId: string) =>
  (
    await bench.db.query<{ state: string }>(
      `select state from delivery where run_id = $1 and file = 'contacts_output.csv' order by try`,
      [runId],
    )
  ).map(({ state }) => state);

it('lets a run go on after its upload that was delivered, and sends nothing again', async () => {
  const runId = await doubtfulRun();

  expect(await resolve(runId, 'delivered')).toBe(true);
  expect(await bench.runOf(runId)).toMatchObject({ status: 'pending', error_code: null });
  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
  expect([bench.uploads(), await statesOf(runId)]).toEqual([1, ['delivered']]);
  expect(await bench.reservationsOf(runId)).toHaveLength(1);
});

it('leaves a run failed that was not delivered, which may then be retried, and gives back what it had reserved', async () => {
  const runId = await doubtfulRun();
  expect(await bench.reservationsOf(runId)).toHaveLength(1); // in doubt it counts

  expect(await resolve(runId, 'notDelivered')).toBe(false);
  expect(await bench.runOf(runId)).toMatchObject({
    ...{ status: 'failed', error_code: 'notDelivered', rung_at: null },
    error_message: expect.stringContaining(RETRY_ADVICE) as string,
  });
  expect(await bench.reservationsOf(runId)).toEqual([]);

  await bench.retry(runId);
  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
  expect([bench.uploads(), await statesOf(runId)]).toEqual([2, ['failed', 'delivered']]);
});

it('says of the step what a person has said, in place of that nobody knows', async () => {
  const messages = async (runId: string) => {
    const { steps } = await getRunView(bench.company, await bench.wantedRun(runId));
    return Object.fromEntries(steps.map(({ name, message }) => [name, message]));
  };
  const runId = await doubtfulRun();
  await resolve(runId, 'notDelivered');
  expect((await messages(runId))['upload']).toMatch(/^resolved as notDelivered: campaign_.*_contacts\.csv$/);

  const other = await doubtfulRun();
  await resolve(other, 'delivered');
  await bench.work();
  await bench.db.execute(`update delivery set state = 'unknown' where run_id = $1 and file = 'log.txt'`, [other]);
  await resolve(other, 'notDelivered', 'log.txt');
  expect(await messages(other)).toMatchObject({
    upload: expect.stringMatching(/^resolved as delivered: .*_contacts\.csv$/) as string,
    report: expect.stringMatching(/^resolved as notDelivered: .*_log\.txt$/) as string,
  });
});

it('looks first when it is retried: a file that is there after all is not sent a second time', async () => {
  const runId = await doubtfulRun();
  const [{ name } = { name: '' }] = await bench.db.query<{ name: string }>(
    `select remote_name as name from delivery where run_id = $1 and file = 'contacts_output.csv'`,
    [runId],
  );
  await resolve(runId, 'notDelivered');
  bench.sftp.files.set(name, Buffer.from('it was there all the time'));
  await bench.retry(runId);

  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'failed', error_code: 'remoteNameTaken' });
  expect(bench.uploads()).toBe(1);
});

it('keeps the place to deliver to in a retry of a file that was renamed once', async () => {
  const runId = await doubtfulRun();
  await resolve(runId, 'notDelivered');
  await bench.changeCampaign(runId, `sftp_settings = sftp_settings || '{"host": "other.example.com", "cdDir": "/in"}'`);

  await bench.retry(runId);

  expect(await bench.settingsOf(runId)).toMatchObject({ sftp: { host: 'sftp.example.com', cdDir: null } });
});

it('says in the log what was found, and who said so only beside it', async () => {
  const runId = await doubtfulRun();

  await resolve(runId, 'notDelivered');
  await bench.db.execute(`update run set finished_at = now() - interval '1 minute' where id = $1`, [runId]);
  await bench.heal();

  const log = await bench.fileOf(runId, 'log.txt');
  expect(log).toMatch(/delivery\.resolved  as="notDelivered"  file="contacts_output\.csv"\n$/);
  expect(log).not.toMatch(/Ann|key1/);
  expect(await bench.db.query('select action, by_key, note from run_action where run_id = $1', [runId])).toEqual([
    { action: 'resolve', by_key: 'key1', note: 'Asked the dialer’s vendor: Ann' },
  ]);
});

it('takes a word for each delivery once, and only for one that is unknown', async () => {
  const runId = await doubtfulRun();
  await expect(resolve(runId, 'delivered', 'log.txt')).rejects.toMatchObject({ code: 'deliveryNotFound' });

  const outcomes = await Promise.allSettled([resolve(runId, 'delivered'), resolve(runId, 'notDelivered')]);

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const refusal = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
  expect(refusal.reason).toMatchObject({ code: 'deliveryNotUnknown' });
});

it.each([
  ['delivered', 'start a new run'],
  ['notDelivered', 'do not retry the run'],
] as const)('says to a second word what was said before, when and by whom: %s', async (as, advice) => {
  const runId = await doubtfulRun();
  await resolve(runId, as);
  const refusal = (await resolve(runId, 'delivered').catch((error: unknown) => error)) as Error;
  expect(refusal.message).toMatch(new RegExp(`resolved as ${as} at \\d{4}-\\S+Z by key key1: .* wrong, ${advice}`));
  expect(refusal).toMatchObject({ code: 'deliveryNotUnknown', details: { as, key: 'key1' } });
});

it('waits with the going on while another run of the campaign is under way, which is not to be stopped for it', async () => {
  const runId = await doubtfulRun();
  const [other] = await bench.db.query<{ id: string }>(
    `insert into run (company_id, campaign_id, trigger, settings)
     select company_id, campaign_id, trigger, settings from run where id = $1 returning id`,
    [runId],
  );

  const refusal = { code: 'runActive', details: { runId: other?.id } };
  await expect(resolve(runId, 'delivered')).rejects.toMatchObject({
    ...refusal,
    message: expect.stringMatching(/^(?!.*cancel).*resolve its delivery once that run has ended$/) as string,
  });

  expect(await statesOf(runId)).toEqual(['unknown']);
});

it('settles the log of a run that succeeded without making it run again', async () => {
  const runId = await doubtfulRun();
  await resolve(runId, 'delivered');
  await bench.work();
  await bench.db.execute(`update delivery set state = 'unknown' where run_id = $1 and file = 'log.txt'`, [runId]);

  expect(await resolve(runId, 'delivered', 'log.txt')).toBe(false);

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
  expect(await bench.fileOf(runId, 'log.txt')).toBeDefined();
});
