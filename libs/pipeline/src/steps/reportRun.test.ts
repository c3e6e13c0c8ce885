import { stepBench } from '@muster/testing/stepBench';
import { reportRun } from './reportRun.ts';

const NAME = 'campaign_CM-AAAA-BBBB_run_CR-AAAA-BBBB_20261122T102030Z_log.txt';

it('drops the log beside the contacts', async () => {
  const { ctx, io, sftp } = await stepBench({ step: 'report' });
  await ctx.note('rows.checked', { rows: 3 });

  await reportRun(ctx, io);

  expect(sftp.files.get(NAME)?.toString()).toBe('2026-11-22T10:20:30.000Z  report  rows.checked  rows=3\n');
});

it.each([
  ['there is no server', { sftp: null }],
  ['there are no contacts', { exporter: null }],
])('keeps the log to itself where %s', async (_, settings) => {
  const { ctx, io, sftp } = await stepBench({ step: 'report', settings });

  await reportRun(ctx, io);

  expect([sftp.log, (await io.sealAll()).map(({ name }) => name)]).toEqual([[], ['log.txt']]);
});

it('tries again a server that is away, but not for ever: nobody should wait for a log', async () => {
  const first = await stepBench({ step: 'report' });
  first.sftp.goAway();
  await expect(reportRun(first.ctx, first.io)).rejects.toMatchObject({ code: 'sftpUnreachable' });

  const third = await stepBench({ step: 'report', failures: 2 });
  third.sftp.goAway();
  await reportRun(third.ctx, third.io);

  expect(third.events).toMatchObject([{ event: 'log.notDelivered', details: { code: 'sftpUnreachable' } }]);
});
