import { gunzipSync } from 'node:zlib';
import { defaultGuardSettings } from '@muster/core/guardSettings';
import { stepBench } from '@muster/testing/stepBench';
import { type DeliveryState } from '../deliveries.ts';
import { uploadContacts } from './uploadContacts.ts';

const csv = 'phone\r\n+14155550101\r\n';
const files = { 'contacts_output.csv': csv };
const NAME = 'campaign_CM-AAAA-BBBB_run_CR-AAAA-BBBB_20261122T102030Z_contacts.csv';

it('drops the contacts under the name of their run', async () => {
  const { ctx, io, sftp, ledger } = await stepBench({ step: 'upload', files });

  await uploadContacts(ctx, io);

  expect([...sftp.files]).toEqual([[NAME, Buffer.from(csv)]]);
  expect(ledger.statesOf('contacts_output.csv')).toEqual(['delivered']);
  expect(sftp.openConnections).toBe(0);
});

it('never sends again a file whose rename was lost and which the dialer has fetched', async () => {
  const { ctx, io, sftp, ledger } = await stepBench({ step: 'upload', files });
  sftp.loseReplyTo('rename').thenRemove(NAME);

  await expect(uploadContacts(ctx, io)).rejects.toMatchObject({ code: 'sftpUnreachable' });
  await expect(uploadContacts(ctx, io)).rejects.toMatchObject({ code: 'deliveryUnknown' });

  expect([sftp.files.size, ledger.statesOf('contacts_output.csv')]).toEqual([0, ['unknown']]);
});

it('packs the file where the campaign wants it packed', async () => {
  const { ctx, io, sftp } = await stepBench({ step: 'upload', files });
  const { sftp: settings } = ctx.run.settings;
  if (settings) settings.compression = 'gzip';

  await uploadContacts(ctx, io);

  expect(gunzipSync(sftp.files.get(`${NAME}.gz`) ?? '').toString()).toBe(csv);
});

it('sends nothing to a server that shows another key than the one pinned meanwhile', async () => {
  const { ctx, io, sftp } = await stepBench({ step: 'upload', files });
  ctx.secrets.pinHostKey = async () => 'SHA256:pinnedByAnother';

  await expect(uploadContacts(ctx, io)).rejects.toMatchObject({ code: 'hostKeyChanged' });

  expect([sftp.files.size, sftp.openConnections]).toEqual([0, 0]);
});

it('leaves no connection open where the key that was seen cannot be kept', async () => {
  const { ctx, io, sftp } = await stepBench({ step: 'upload', files });
  ctx.secrets.pinHostKey = () => Promise.reject(new Error('the database is away'));

  await expect(uploadContacts(ctx, io)).rejects.toThrow('the database is away');

  expect(sftp.openConnections).toBe(0);
});

it('says what to mend where the run has no credential', async () => {
  const { ctx, io, sftp } = await stepBench({ step: 'upload', files });
  const read = ctx.secrets.read;
  ctx.secrets.read = async (runId) => ({ ...(await read(runId)), sftpPassword: null });

  await expect(uploadContacts(ctx, io)).rejects.toMatchObject({ code: 'sftpSecretMissing' });

  expect(sftp.log).toEqual([]);
});

describe('screened contacts', () => {
  const at = (time: string) => ({ now: `2026-11-22T${time}Z` }); // it is 10:20:30
  const expired = { name: 'ScreeningExpired' };

  async function screenedBench(notes: Record<string, unknown>) {
    const bench = await stepBench({ step: 'upload', files, notes });
    const { exporter } = bench.ctx.run.settings;
    if (exporter) exporter.checkCanInteractData = { theme: 'opsCollDebt', isAutodialed: false };
    return bench;
  }

  it.each(['09:50:30.000', '10:20:30.000'])('go out while their verdicts of %s hold', async (time) => {
    const { ctx, io, sftp } = await screenedBench(at(time));

    await uploadContacts(ctx, io);

    expect([...sftp.files.keys()]).toEqual([NAME]);
  });

  it.each([at('09:50:29.999'), {}])(
    'stay here once their verdicts are too old, or nobody knows how old: %j',
    async (notes) => {
      const { ctx, io, sftp } = await screenedBench(notes);

      await expect(uploadContacts(ctx, io)).rejects.toMatchObject(expired);

      expect(sftp.log).toEqual([]);
    },
  );

  it('may be as old as the company says', async () => {
    const { ctx, io } = await screenedBench(at('10:10:29.999'));
    ctx.run.settings.company.guard = { ...defaultGuardSettings, screeningMaxAgeMinutes: 10 };

    await expect(uploadContacts(ctx, io)).rejects.toMatchObject({ ...expired, maxAgeMinutes: 10 });
  });

  it.each<[DeliveryState, boolean]>([
    ['planned', true],
    ['uploading', true],
    ['uploaded', true],
    ['failed', true],
    ['superseded', true],
    ['renaming', false],
    ['delivered', false],
    ['unknown', false],
  ])('are screened anew only while they are with us: %s: %s', async (state, isWithUs) => {
    const { ctx, io, ledger } = await screenedBench(at('08:00:00.000'));
    const planned = { file: 'contacts_output.csv', remoteName: NAME, sizeBytes: csv.length, sha256: 'ab' } as const;
    await ledger.mark(ctx.lease, await ledger.plan(ctx.lease, planned), { state });

    const outcome = await uploadContacts(ctx, io).catch((error: unknown) => error);

    expect((outcome as Partial<Error>).name === 'ScreeningExpired').toBe(isWithUs);
  });

  it('of a run that was not screened have no verdicts to grow old', async () => {
    const { ctx, io, sftp } = await stepBench({ step: 'upload', files, notes: at('01:00:00.000') });

    await uploadContacts(ctx, io);

    expect([...sftp.files.keys()]).toEqual([NAME]);
  });
});
