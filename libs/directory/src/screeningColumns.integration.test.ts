import { Readable } from 'node:stream';
import { audienceBench, textOf } from '@muster/testing/audienceBench';
import { insertContact, insertPerson } from '@muster/testing/factories';
import { sampleRows } from './sampleRows.ts';

let bench: Awaited<ReturnType<typeof audienceBench>>;
beforeAll(async () => (bench = await audienceBench()));
afterAll(() => bench.close());

const columnSettings = ['contact.value', 'screening.checkedAt', 'screening.callFrom', 'screening.callUntil'].map(
  (field) => ({ field }),
);
const checkCanInteractData = { theme: 'opsCollDebt', isAutodialed: false } as const;

async function borrower(value: string, timeZone: string | null = null) {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId, timeZone });
  await insertContact(db, { companyId, personKey: person.key, value });
  return person.key;
}

it('prints when the verdict was made, and from when to when it holds where the contact is', async () => {
  const ids = [await borrower('+12125550101'), await borrower('+14155550102'), await borrower('+14922345678')];

  const { rows } = await bench.run(`id\r\n${ids.join('\r\n')}\r\n`, { columnSettings, checkCanInteractData });

  const checkedAt = '2026-03-04T17:34:00.000Z';
  expect(rows).toEqual([
    ['+12125550101', checkedAt, '2026-03-04T08:00:00-05:00', '2026-03-04T21:00:00-05:00'],
    ['+14155550102', checkedAt, '2026-03-04T08:00:00-08:00', '2026-03-04T21:00:00-08:00'],
    ['+14922345678', checkedAt, '2026-03-04T08:00:00-05:00', '2026-03-04T21:00:00-05:00'], // the company's
  ]);
});

it('gives the hours that all zones of a contact have in common', async () => {
  const id = await borrower('+12125550103', 'Pacific/Honolulu');

  const { rows } = await bench.run(
    `id\r\n${id}\r\n`,
    { columnSettings, checkCanInteractData },
    // noon in Los Angeles is 10 in Hawaii; noon in New York would be before 8
    { timeZone: 'America/Los_Angeles' },
  );

  expect(rows).toEqual([
    ['+12125550103', '2026-03-04T17:34:00.000Z', '2026-03-04T08:00:00-10:00', '2026-03-04T21:00:00-05:00'],
  ]);
});

it('shows the same in a sample of rows', async () => {
  const id = await borrower('+12125550106');
  const exporter = { columnSettings, checkCanInteractData };
  const { cache, matching, rows } = await bench.run(`id\r\n${id}\r\n`, exporter, { attempt: 7 });

  expect((await sampleRows(bench.db).contacts(cache, matching, 5)).rows).toEqual(rows);
});

it('leaves them empty where nobody is screened', async () => {
  const id = await borrower('+12125550104');

  const { rows } = await bench.run(`id\r\n${id}\r\n`, { columnSettings });

  expect(rows).toEqual([['+12125550104', '', '', '']]);
});

it('prints the same from a cache that was made again, and refuses one that lacks a column', async () => {
  const id = await borrower('+12125550105');
  const exporter = { columnSettings, checkCanInteractData };
  const { matching, matches, contacts } = await bench.run(`id\r\n${id}\r\n`, exporter, { attempt: 5 });
  const again = (settings: typeof columnSettings) => {
    const other = { ...matching, exporter: { ...matching.exporter, columnSettings: settings } };
    return bench.audience.restore(bench.scope(6), other, Readable.from([Buffer.from(matches)]));
  };

  const cache = await again(columnSettings);

  expect(await textOf((to) => bench.audience.writeContacts(cache, matching, to))).toBe(contacts);
  await expect(again(columnSettings.slice(0, 3))).rejects.toMatchObject({ code: 'columnsChanged' });
});
