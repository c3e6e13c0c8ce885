import { stepBench } from '@muster/testing/stepBench';
import { renderLog } from '../renderLog.ts';
import { filterContacts } from './filterContacts.ts';

const files = { 'query_results.csv': 'id,loanId\r\n1,7\r\n' };
const input = { rows: 10, invalid: 1, duplicate: 2, unknownBorrower: 3, goOn: 4 };
const matched = { noContact: 1, matched: 3, contacts: 5, screenedOut: { doNotInteract: 2 }, exported: 3 };

it('reports a funnel that adds up, from the query\u2019s rows to the contacts that go out', async () => {
  const { ctx, io } = await stepBench({ step: 'filter', files, input, matched });

  const { rowsIn, rowsOut, counts } = await filterContacts(ctx, io);

  const { rows, ...rest } = input;
  expect({ rowsIn, rowsOut, counts }).toEqual({ rowsIn: rows, rowsOut: 3, counts: { ...rest, ...matched } });
});

it('leaves the input, the matches and who was left out as files', async () => {
  const { ctx, io } = await stepBench({ step: 'filter', files, input, matched });

  await filterContacts(ctx, io);

  const names = (await io.sealAll()).map(({ name }) => name);
  expect(names.sort()).toEqual(['campaign_input.csv', 'exclusions.csv', 'matches.csv']);
});

it('matches nobody where the campaign has no exporter', async () => {
  const { ctx, io, audience } = await stepBench({ step: 'filter', files, input, settings: { exporter: null } });

  const summary = await filterContacts(ctx, io);

  expect(audience.asked).toEqual(['load', 'writeInput', 'writeExclusions']);
  expect(summary).toMatchObject({ rowsOut: 4 });
  expect(summary).not.toHaveProperty('screened');
});

it('says aloud that contacts are not screened', async () => {
  const { ctx, io, events } = await stepBench({ step: 'filter', files, input, matched });

  expect(await filterContacts(ctx, io)).toMatchObject({ screened: false });

  expect(events.map(({ event }) => event)).toContain('screening.off');
});

it('screens where the exporter names a theme', async () => {
  const { ctx, io, events } = await stepBench({ step: 'filter', files, input, matched });
  const { exporter } = ctx.run.settings;
  if (exporter) exporter.checkCanInteractData = { theme: 'opsCollDebt', isAutodialed: false };

  expect(await filterContacts(ctx, io)).toMatchObject({ screened: true });

  expect(events.map(({ event }) => event)).not.toContain('screening.off');
});

it('tells the log by which rules contacts were judged, as of when, and how many each reason kept back', async () => {
  const { ctx, io, events } = await stepBench({ step: 'filter', files, input, matched });
  const { exporter } = ctx.run.settings;
  if (exporter) exporter.checkCanInteractData = { theme: 'opsCollDebt', isAutodialed: false };

  await filterContacts(ctx, io);

  expect(renderLog(events.slice(-2))).toBe(
    [
      '2026-11-22T10:20:30.000Z  filter  contacts.matched  noContact=1  matched=3  contacts=5  ' +
        'screenedOut={"doNotInteract":2}  exported=3',
      '2026-11-22T10:20:30.000Z  filter  contacts.screened  theme="opsCollDebt"  isAutodialed=false  ' +
        'rulePacks=["reg-f 1"]  checkedAt="2026-11-22T10:20:30.000Z"',
      '',
    ].join('\n'),
  );
});
