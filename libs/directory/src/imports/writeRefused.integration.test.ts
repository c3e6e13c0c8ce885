import { insertPerson } from '@muster/testing/factories';
import { csvOf, importBench, type ImportBench } from '@muster/testing/importBench';

let bench: ImportBench;
beforeAll(async () => {
  bench = await importBench();
  for (const externalId of ['ada', 'bob']) await insertPerson(bench.all, { companyId: bench.companyId, externalId });
  await insertPerson(bench.all, { companyId: bench.otherId, externalId: 'eve' });
});
afterAll(() => bench.close());

const asNdjson = { format: 'ndjson' } as const;

describe('refused rows', () => {
  it('are listed with their lines and reasons, in their order, without a value and without formulas', async () => {
    const file = csvOf(
      'externalId,personId,contactType,value',
      'f1,ada,phone,canary',
      'f2,ada,phone',
      ',ada,phone,4155550123',
      '=f4,nobody,phone,4155550123',
      'f5,ada,phone,4155550123',
      'f5,ada,phone,4155550124',
    );
    const result = await bench.load('contacts', file);

    expect(result).toMatchObject({ read: 6, inserted: 1, updated: 0, refused: 5 });
    expect(result.refusals).toEqual([
      ['2', 'notAPhone', 'value', 'is no phone number: write it as +14155551234', 'f1'],
      ['3', 'columnCount', '', 'has 3 cells, and the header 4', ''],
      ['4', 'externalIdRequired', 'externalId', expect.any(String), ''],
      ['5', 'personNotFound', 'personId', 'names no person that is known', "'=f4"],
      ['7', 'duplicateInFile', 'externalId', expect.any(String), 'f5'],
    ]);
    expect(result.refusedFile).toMatchObject({ key: expect.stringContaining(`${bench.companyId}/imports/`) as string });
    expect(await bench.rowOf('contact', 'f5')).toMatchObject({ value: '+14155550123' });
  });

  it('are counted all, and listed up to a limit', async () => {
    const rows = Array.from({ length: 100_500 }, () => 'x');
    const result = await bench.load('people', csvOf('externalId,status', ...rows));

    expect(result).toMatchObject({ read: 100_500, refused: 100_500 });
    expect(result.refusals).toHaveLength(100_000);
  });

  it('of what no file should hold are told one by one', async () => {
    const rows = [
      '{"externalId":"j1","name":{"firstName":"a\\u0000"}}',
      '{"externalId":"j2","name":{"firstName":"\\ud800"}}',
      '{"externalId":"j3","name":"Ada"}',
      '{"externalId":"j4"',
      '[]',
      '"x"',
      '{"externalId":"j5","metaData":{"__proto__":"x"}}',
      `{"externalId":"j6","commPreferences":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`,
    ];
    expect(await bench.refusals('people', rows.join('\n'), asNdjson)).toEqual([
      '1 wrongCharacters name.firstName',
      '2 wrongCharacters name.firstName',
      '3 wrongType name',
      '4 wrongType ',
      '5 wrongType ',
      '6 wrongType ',
      '8 wrongCharacters commPreferences',
    ]);
  });
});
