import { insertPerson } from '@muster/testing/factories';
import { csvOf, importBench, type ImportBench, ndjsonOf } from '@muster/testing/importBench';

let bench: ImportBench;
beforeAll(async () => {
  bench = await importBench();
  for (const externalId of ['ada', 'bob']) await insertPerson(bench.all, { companyId: bench.companyId, externalId });
  await insertPerson(bench.all, { companyId: bench.otherId, externalId: 'eve' });
});
afterAll(() => bench.close());

const asNdjson = { format: 'ndjson' } as const;

describe('a file as such', () => {
  it.each<[string, string | Buffer, string[]]>([
    ['nothing in it', '', [' fileEmpty']],
    ['an unknown column', 'externalId,fistName,name.lastNam', ['fistName unknownField', 'name.lastNam unknownField']],
    ['a thousand columns', Array.from({ length: 1_000 }, (_, n) => `c${n}`).join(','), expect.any(Array) as string[]],
    ['a column twice', 'externalId,status,status', ['status duplicateColumn']],
    ['no column to find objects by', 'status\nactive', ['externalId externalIdRequired']],
    ['a quote that is never closed', 'externalId,status\na,"active\nb,active\n', ['line 2 quoteOpen']],
    ['a cell of 10 MB', `externalId,status\na,${'x'.repeat(10_000_000)}\n`, ['line 2 lineTooLong']],
    ['line ends of CR alone', 'externalId,status\ra,active\r', ['line 1 lineEnds']],
    ['what is no UTF-8', Buffer.from('externalId\n\xff\n', 'latin1'), [' notUtf8']],
  ])('is refused for %s', async (_, body, faults) => {
    expect(await bench.faults('people', body)).toEqual(faults);
    expect(await bench.scratchTables()).toEqual([]);
  });

  it('is refused for an unknown field of NDJSON, with the one that was meant', async () => {
    const body = ndjsonOf({ externalId: 'never', status: 'active' }, { externalId: 'y', name: { fistName: 'x' } });

    await expect(bench.load('people', body, asNdjson)).rejects.toMatchObject({
      faults: [
        { field: 'name.fistName', code: 'unknownField', message: expect.stringContaining('name.firstName') as string },
      ],
    });
    expect(await bench.faults('people', '{"__proto__":{"a":1}}', asNdjson)).toEqual(['__proto__ unknownField']);
    expect(await bench.faults('people', 'x'.repeat(3_000_000), asNdjson)).toEqual(['line 1 lineTooLong']);
    expect(await bench.faults('people', '', asNdjson)).toEqual([' fileEmpty']);
    expect(await bench.rowOf('person', 'never')).toBeUndefined();
  });

  it('may hold a header alone, a byte order mark, and what answers hold', async () => {
    expect(await bench.load('people', csvOf('externalId,status'))).toMatchObject({ read: 0, refusedFile: null });
    const answer =
      '\uFEFFexternalId,displayId,createdAt,updatedAt,deletedAt,object,companyId\nada,12,x,x,x,person,CP-1\n';
    expect(await bench.load('people', answer)).toMatchObject({ read: 1, updated: 1, unchanged: 1 });
  });
});
