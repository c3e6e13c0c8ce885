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
    ['an unknown column', 'externalId,name.fistName', ['line 1 unknownField', 'column 2 unknownField']],
    ['a first row that is no header', 'P-1,Robin,robin@example.com\n', ['line 1 headerMissing']],
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
      faults: [{ field: 'line 2', code: 'unknownField', message: expect.stringContaining('name.firstName') as string }],
    });
    expect(await bench.faults('people', '{"__proto__":{"a":1}}', asNdjson)).toEqual(['line 1 unknownField']);
    expect(await bench.faults('people', 'x'.repeat(3_000_000), asNdjson)).toEqual(['line 1 lineTooLong']);
    expect(await bench.faults('people', '', asNdjson)).toEqual([' fileEmpty']);
    expect(await bench.rowOf('person', 'never')).toBeUndefined();
  });

  it.each<[string, Parameters<ImportBench['load']>[0], string, object]>([
    ['a CSV without a header', 'contacts', 'P-1,phone,"Doe, Robin",+14155550123\n', {}],
    ['a header with names of its own', 'contacts', 'externalId,Robin,statis\nP-1,a,b\n', {}],
    ['an object by external id', 'people', ndjsonOf({ 'Robin Doe': { status: 'active' } }), asNdjson],
    ['an object within', 'people', ndjsonOf({ externalId: 'a', name: { Robin: 'x' } }), asNdjson],
  ])('of %s is refused without a word of what it holds', async (...[, kind, body, format]) => {
    const message = await bench.load(kind, body, format).catch((error: unknown) => (error as Error).message);

    expect(message).toMatch(/^line 1: .*known are /);
    expect(message).not.toMatch(/Robin|Doe|P-1|4155550123|statis/);
  });

  it('says which columns are unknown, what was meant, and what there is', async () => {
    await expect(bench.load('loans', 'externalId,quux,statsu,x\n')).rejects.toThrow(
      'line 1: the columns 2, 3, 4 are named like no field; known are id, externalId, personId, personDisplayId, status; ' +
        'column 3: did you mean status?',
    );
    await expect(bench.load('loans', 'L-1,B-1,active\n')).rejects.toThrow(
      'line 1: none of its 3 columns is named like a field; is there no header? known are id, externalId, personId',
    );
    const many = Array.from({ length: 30 }, (_, at) => `odd column ${at}`).join(',');
    await expect(bench.load('loans', `status,${many}\n`)).rejects.toThrow('19, 20, 21 and 10 more are named like');
  });

  it('may hold a header alone, a byte order mark, and what answers hold', async () => {
    expect(await bench.load('people', csvOf('externalId,status'))).toMatchObject({ read: 0, refusedFile: null });
    const answer =
      '\uFEFFexternalId,displayId,createdAt,updatedAt,deletedAt,object,companyId\nada,12,x,x,x,person,CP-1\n';
    expect(await bench.load('people', answer)).toMatchObject({ read: 1, updated: 1, unchanged: 1 });
  });
});
