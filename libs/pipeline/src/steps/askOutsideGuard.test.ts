import { TemporaryFailure } from '@muster/core/errors';
import { defaultGuardSettings } from '@muster/core/guardSettings';
import { stepBench } from '@muster/testing/stepBench';
import { filterContacts } from './filterContacts.ts';

const files = { 'query_results.csv': 'id,loanId\r\n1,7\r\n' };
const url = 'https://guard.example.com/checks';
const company = { id: 'CP-AAAA-BBBB', timeZone: 'America/New_York' };

/** A screened run of a company that names a guard. */
async function benchOf({ letThrough, guardUrl = url }: { letThrough: number; guardUrl?: string | null }) {
  const bench = await stepBench({
    ...{ step: 'filter', files, letThrough: Array.from({ length: letThrough }, (_, at) => `CT-${at}`) },
    settings: { company: { ...company, guard: { ...defaultGuardSettings, complianceGuardUrl: guardUrl } } },
  });
  const { exporter } = bench.ctx.run.settings;
  if (exporter) exporter.checkCanInteractData = { theme: 'opsCollDebt', isAutodialed: false };
  return bench;
}

it('is asked before anybody is matched, in batches of 500, four at a time', async () => {
  const { ctx, io, audience, outsideGuard, events } = await benchOf({ letThrough: 4_321 });
  outsideGuard.refuse('CT-77');

  await filterContacts(ctx, io);

  const { asked } = outsideGuard;
  expect(asked.map(({ checks }) => checks.length).sort((a, b) => b - a)).toEqual([...Array<number>(8).fill(500), 321]);
  expect(new Set(asked.flatMap(({ checks }) => checks.map(({ ref }) => ref))).size).toBe(4_321);
  expect(asked[0]?.url).toBe(url);
  expect(outsideGuard.underWay.most).toBe(4);
  expect(audience.asked.indexOf('askOutside')).toBeLessThan(audience.asked.indexOf('match'));
  expect(events).toContainEqual(
    expect.objectContaining({ event: 'outsideGuard.asked', details: { asked: 4_321, allowed: 4_320 } }),
  );
});

it('is not asked where there is none, nor where nobody is screened', async () => {
  const none = await benchOf({ letThrough: 3, guardUrl: null });
  const unscreened = await benchOf({ letThrough: 3 });
  if (unscreened.ctx.run.settings.exporter) unscreened.ctx.run.settings.exporter.checkCanInteractData = null;

  for (const { ctx, io, audience, outsideGuard } of [none, unscreened]) {
    await filterContacts(ctx, io);

    expect(outsideGuard.asked).toEqual([]);
    expect(audience.asked).not.toContain('askOutside');
  }
});

it('fails the step where it is away: nobody is matched, and nobody else is asked', async () => {
  const { ctx, io, audience, outsideGuard } = await benchOf({ letThrough: 10_000 });
  const away = new TemporaryFailure('outsideGuardUnavailable', 'it is away');
  outsideGuard.failures.push(away);

  await expect(filterContacts(ctx, io)).rejects.toBe(away);

  expect(audience.asked).not.toContain('match');
  expect(audience.asked).not.toContain('writeExclusions');
  expect(outsideGuard.asked.length).toBeLessThanOrEqual(8);
  expect(outsideGuard.underWay.now).toBe(0);
});

it('stops asking at once when the step is told to stop', async () => {
  const stop = new AbortController();
  const { ctx, io, outsideGuard } = await benchOf({ letThrough: 10_000 });
  outsideGuard.gate = new Promise(() => undefined);
  const reason = new Error('canceled');
  const ended = filterContacts({ ...ctx, signal: stop.signal }, io).catch((error: unknown) => error);
  while (outsideGuard.underWay.now < 4) await new Promise(setImmediate);

  stop.abort(reason);

  expect(await ended).toBe(reason);
  expect(outsideGuard.asked).toHaveLength(4);
  expect(outsideGuard.underWay.now).toBe(0);
});
