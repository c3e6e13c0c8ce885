import { stepBench } from '@muster/testing/stepBench';
import { type OverrideRows } from '../runs.ts';
import { queryRows } from './queryRows.ts';

async function query(...override: OverrideRows[]) {
  const { ctx, io, events, store } = await stepBench({ step: 'query', settings: { hasOverride: true }, override });
  const summary = await queryRows(ctx, io);
  const [file] = await io.sealAll();
  return { summary, events, csv: store.files.get(file?.key ?? '')?.toString() };
}

it('writes rows that were handed in, whichever parts they are stored in', async () => {
  const { summary, csv, events } = await query([{ borrowerId: 1 }, { borrowerId: 2 }], [{ loanId: 7, borrowerId: 3 }]);

  expect(csv).toBe('borrowerId,loanId\r\n1,\r\n2,\r\n3,7\r\n');
  expect(summary).toEqual({ rowsOut: 3, counts: { queried: 3 } });
  expect(events).toMatchObject([{ event: 'query.overridden', details: { rows: 3 } }]);
});

it('makes a list of nobody a run of nobody', async () => {
  const { summary, csv } = await query([]);

  expect(csv).toBe('borrowerId\r\n');
  expect(summary).toEqual({ rowsOut: 0, counts: { queried: 0 } });
});

it('gives a list of nobody the columns that the exporter prints, so that none is missed', async () => {
  const columnSettings = ['contact.value', 'query.amount', 'query.borrowerId', 'query.amount'].map((field) => ({
    field,
  }));
  const exporter = { id: 'CE-1', contactMatchingCriteria: {}, columnSettings, checkCanInteractData: null };
  const settings = { hasOverride: true, exporter };
  const { ctx, io, store } = await stepBench({ step: 'query', settings, override: [[]] });
  await queryRows(ctx, io);
  const [file] = await io.sealAll();

  expect(store.files.get(file?.key ?? '')?.toString()).toBe('borrowerId,amount\r\n');
});

it('asks for the parts one by one, first for the columns and then for the rows', async () => {
  const { ctx, io } = await stepBench({ step: 'query', settings: { hasOverride: true } });
  let given = 0;
  const overrideRows = async function* () {
    for (let part = 0; part < 50; part++) {
      given += 1;
      yield Array.from({ length: 1_000 }, (_, i) => ({ borrowerId: part * 1_000 + i }));
    }
  };

  const { rowsOut } = await queryRows({ ...ctx, runs: { ...ctx.runs, overrideRows } }, io);

  expect({ rowsOut, given }).toEqual({ rowsOut: 50_000, given: 100 });
});

it('gives up when it is told to', async () => {
  const { ctx, io } = await stepBench({ step: 'query', settings: { hasOverride: true }, override: [[{ a: 1 }]] });
  const signal = AbortSignal.abort(new Error('the lease is lost'));

  await expect(queryRows({ ...ctx, signal }, io)).rejects.toMatchObject({ name: 'AbortError' });
  await io.discard();
});
