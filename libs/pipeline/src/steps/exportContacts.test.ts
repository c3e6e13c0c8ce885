import { stepBench } from '@muster/testing/stepBench';
import { RETRY_ADVICE } from '../retryAdvice.ts';
import { exportContacts } from './exportContacts.ts';

const notes = {
  columns: ['id'],
  cache: { table: 'cache', marker: 'whole' },
  exported: 3,
  now: '2026-11-22T10:00:00.000Z',
};
const files = { 'matches.csv': 'sealed rows' };
const bench = (exported = 3) => stepBench({ step: 'export', files, notes, matched: { exported } });

it('prints what the filter has matched, without matching again', async () => {
  const { ctx, io, audience } = await bench();
  await audience.match();
  audience.asked.length = 0;

  const fileRows = { 'contacts_output.csv': 3 };
  expect(await exportContacts(ctx, io)).toEqual({ rowsIn: 3, rowsOut: 3, fileRows });

  expect(audience.asked).toEqual(['writeContacts']);
});

it('brings a cache back that PostgreSQL has emptied, from the sealed file', async () => {
  const { ctx, io, audience, store } = await bench();
  audience.loseCaches();

  await exportContacts(ctx, io);

  const [file] = await io.sealAll();
  expect(store.files.get(file?.key ?? '')?.toString()).toBe('sealed rows');
});

it('fails rather than print one contact more or less than were matched', async () => {
  const { ctx, io, audience } = await bench(2);
  await audience.match();

  await expect(exportContacts(ctx, io)).rejects.toMatchObject({
    ...{ code: 'countsDiffer', message: expect.stringContaining(RETRY_ADVICE) as string },
  });
});
