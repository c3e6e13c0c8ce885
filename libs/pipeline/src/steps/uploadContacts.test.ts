import { gunzipSync } from 'node:zlib';
import { stepBench } from '@muster/testing/stepBench';
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
