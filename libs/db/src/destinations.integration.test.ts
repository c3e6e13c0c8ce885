import { type ControlBench, controlBench, loginRefused } from '@muster/testing/controlBench';
import { getRunView } from './runViews.ts';

let bench: ControlBench;
beforeEach(async () => void (bench = await controlBench()));
afterEach(() => bench.close());

/** A run whose files go to this directory; it stands before its upload. */
async function uploadingRun(cdDir: string | null = 'inbound') {
  const { runId } = await bench.readyRun();
  const sftp = { host: 'sftp.example.com:2022', cdDir };
  await bench.db.execute(
    `update run set settings = jsonb_set(settings, '{sftp}', settings -> 'sftp' || $2) where id = $1`,
    [runId, sftp],
  );
  await bench.workUntil('upload');
  return runId;
}
const deliveriesOf = async (runId: string) =>
  (await getRunView(bench.company, await bench.wantedRun(runId))).deliveries;

it('says of each delivery to which server and directory it went', async () => {
  const runId = await uploadingRun();
  await bench.work();

  const there = { state: 'delivered', host: 'sftp.example.com:2022', directory: 'inbound' };
  expect(await deliveriesOf(runId)).toMatchObject([there, there]);
});

it('says so of one that failed there, though the run is to deliver to another server by now', async () => {
  const runId = await uploadingRun();
  bench.sftp.refuse('upload', loginRefused());
  await bench.work();
  await bench.changeCampaign(runId, `sftp_settings = sftp_settings || '{"host": "other.example.com"}'`);
  bench.sftp.allow('upload');

  await bench.retry(runId);

  expect(await bench.settingsOf(runId)).toMatchObject({ sftp: { host: 'other.example.com' } });
  expect(await deliveriesOf(runId)).toMatchObject([{ host: 'sftp.example.com:2022', directory: 'inbound' }]);
});

it('takes for a delivery of before it was kept what the settings of the run say', async () => {
  const runId = await uploadingRun(null);
  await bench.work();
  await bench.db.execute('update delivery set destination = null');

  const there = { host: 'sftp.example.com:2022', directory: null };
  expect(await deliveriesOf(runId)).toMatchObject([there, there]);
});

it.each([
  ['inbound', 'directory inbound'],
  [null, 'where its login leads'],
])(
  'names the server and the directory to ask about a delivery in doubt, in the run and in its alert: %s',
  async (cdDir, says) => {
    const runId = await uploadingRun(cdDir);
    bench.sftp.loseReplyTo('rename').thenRemove(/_contacts.csv$/);
    await bench.work({ retries: { ...bench.deps.retries, upload: 0 } });

    const told = expect.stringContaining(
      `_contacts.csv was delivered to sftp.example.com:2022, ${says}, cannot be known`,
    ) as string;
    expect(await bench.runOf(runId)).toMatchObject({ error_code: 'deliveryUnknown', error_message: told });
    expect(await bench.db.query('select message from alert')).toEqual([{ message: told }]);
    const how = `resolve the delivery, .*POST /campaigns/CM-\\S+/runs/${runId}/deliveries/contacts_output.csv/resolve`;
    expect((await bench.runOf(runId))?.error_message).toMatch(new RegExp(how));
  },
);
