import { Readable } from 'node:stream';
import { TemporaryFailure } from '@muster/core/errors';
import { insertPerson } from '@muster/testing/factories';
import { FakeFileStore } from '@muster/testing/fakeFileStore';
import { csvOf, importBench, type ImportBench, ndjsonOf } from '@muster/testing/importBench';

let bench: ImportBench;
beforeAll(async () => {
  bench = await importBench();
  for (const externalId of ['ada', 'bob']) await insertPerson(bench.all, { companyId: bench.companyId, externalId });
  await insertPerson(bench.all, { companyId: bench.otherId, externalId: 'eve' });
});
afterAll(() => bench.close());

const asNdjson = { format: 'ndjson' } as const;

describe('of each kind', () => {
  const phone = { contact_type: 'phone', value: '+14155550123', label: 'home', valid: true, status: 'primary' };
  const blocks = {
    channels: ['voice'],
    days_of_week: [0, 6],
    times_of_day: [{ fromHour: 8, toHour: 9 }],
    case_id: 'CS-1-1',
  };
  const call = {
    channel: 'voice',
    direction: 'outbound',
    theme: 'opsCollDebt',
    content: 'a\nb',
    details: { sensitive: true },
  };

  it.each<[string, Parameters<ImportBench['load']>[0], string, object, string, object]>([
    [
      'people',
      'people',
      csvOf(
        'externalId,name.firstName,dateOfBirth,metaData,timeZone',
        'p-csv,Zoë,1980-02-29,"{""a"":""b""}",America/New_York',
      ),
      { name: { firstName: 'Zoë' }, dateOfBirth: '1980-02-29', metaData: { a: 'b' }, timeZone: 'America/New_York' },
      'person',
      { first_name: 'Zoë', meta_data: { a: 'b' }, status: 'active', time_zone: 'America/New_York' },
    ],
    [
      'loans',
      'loans',
      csvOf('externalId,personId,status', 'p-csv,ada,paidOff'),
      { personId: 'ada', status: 'paidOff' },
      'loan',
      { status: 'paidOff' },
    ],
    [
      'contacts',
      'contacts',
      csvOf('externalId,personId,contactType,value,label', 'p-csv,ada,phone,(415) 555-0123,home'),
      { personId: 'ada', contactType: 'phone', value: '(415) 555-0123', label: 'home' },
      'contact',
      phone,
    ],
    [
      'do-not-interacts',
      'do-not-interacts',
      csvOf(
        'externalId,personId,caseId,channels,daysOfWeek,timesOfDay',
        'p-csv,ada,CS-1-1,voice,0|6,"[{""fromHour"":8,""toHour"":9}]"',
      ),
      {
        personId: 'ada',
        caseId: 'CS-1-1',
        channels: ['voice'],
        daysOfWeek: [0, 6],
        timesOfDay: [{ fromHour: 8, toHour: 9 }],
      },
      'do_not_interact',
      blocks,
    ],
    [
      'interactions',
      'interactions',
      csvOf(
        'externalId,personId,channel,status,theme,content,sensitive',
        'p-csv,ada,voice,attempted,opsCollDebt,"a\nb",true',
      ),
      {
        personId: 'ada',
        channel: 'voice',
        status: 'attempted',
        theme: 'opsCollDebt',
        content: 'a\nb',
        sensitive: true,
      },
      'interaction',
      call,
    ],
  ])('loads %s, from CSV and from NDJSON alike', async (...[, kind, file, object, table, row]) => {
    const one = { read: 1, inserted: 1, updated: 0, unchanged: 0, refused: 0, refusedFile: null };

    expect(await bench.load(kind, file)).toMatchObject(one);
    expect(await bench.load(kind, ndjsonOf({ externalId: 'p-json', ...object }), asNdjson)).toMatchObject(one);

    expect(await bench.rowOf(table, 'p-csv')).toMatchObject({ company_id: bench.companyId, ...row });
    expect(await bench.rowOf(table, 'p-json')).toMatchObject({ company_id: bench.companyId, ...row });
    expect(await bench.load(kind, file)).toMatchObject({ read: 1, inserted: 0, updated: 1, unchanged: 1, refused: 0 });
  });

  it('loads consents, one row a person and name, from CSV and from NDJSON alike', async () => {
    const given = csvOf(
      'personId,name,status',
      'ada,electronicComms,revoked',
      'bob,electronicComms,revoked',
      'ada,electronicComms,consented',
    );

    expect(await bench.refusals('consents', given)).toEqual(['4 duplicateInFile name']);
    const again = ndjsonOf(
      { personId: 'ada', name: 'electronicComms', status: 'revoked' },
      { personId: 'bob', name: 'electronicComms', status: 'consented' },
      { personId: 'bob', name: 'smoking', status: 'consented' },
    );
    expect(await bench.load('consents', again, asNdjson)).toMatchObject({
      read: 3,
      inserted: 0,
      updated: 2,
      unchanged: 1,
      refused: 1,
    });
    const stored = await bench.all.query(
      'select external_id, consent.status from consent join person on key = person_key order by 1',
    );
    expect(stored).toEqual([
      { external_id: 'ada', status: 'revoked' },
      { external_id: 'bob', status: 'consented' },
    ]);
  });
});

describe('nothing is applied', () => {
  const people = Array.from({ length: 20_000 }, (_, n) => `q${n},active`);
  const file = csvOf('externalId,status', ...people);

  it('where the file cannot be read to its end', async () => {
    const before = await bench.countOf('person');
    const broken = new FakeFileStore();
    broken.read = async () => Readable.from(failingAfter(file));
    await expect(bench.load('people', file, { store: broken })).rejects.toMatchObject({ code: 'fileStoreUnavailable' });
    expect(await bench.countOf('person')).toBe(before);
    expect(await bench.scratchTables()).toEqual([]);
  });

  it.each(['reading', 'checking', 'applying'])('where it is called off while %s', async (when) => {
    const before = await bench.countOf('person');
    const stop = new AbortController();
    const onProgress = ({ phase }: { phase: string }) => {
      if (phase === when) stop.abort();
    };
    await expect(bench.load('people', file, { signal: stop.signal, onProgress })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await bench.countOf('person')).toBe(before);
    expect(await bench.scratchTables()).toEqual([]);
  });

  it('where what is recorded with it cannot be', async () => {
    const before = await bench.countOf('person');
    const record = async () => Promise.reject(new Error('no'));
    await expect(bench.load('people', file, { record })).rejects.toThrow('no');
    expect(await bench.countOf('person')).toBe(before);
  });

  it('while another import of the same kind is at work, and it comes later', async () => {
    let second: Promise<unknown> | undefined;
    const record = async () => {
      second ??= bench.load('people', file);
      await expect(second).rejects.toMatchObject({ code: 'notReady' });
    };
    expect(await bench.load('people', file, { record })).toMatchObject({ inserted: 20_000 });
    expect(await bench.load('people', file)).toMatchObject({ inserted: 0, updated: 20_000, unchanged: 20_000 });
  });
});

it('tells how far it is', async () => {
  const told: string[] = [];
  const file = csvOf('externalId,status', ...Array.from({ length: 1_000 }, (_, n) => `t${n},active`));
  await bench.load('people', file, {
    onProgress: ({ phase, readRows, bytes }) => told.push(`${phase} ${readRows} ${bytes}`),
  });

  expect(told.at(0)).toMatch(/^reading /);
  expect(told.slice(-2)).toEqual([`checking 1000 ${file.length}`, `applying 1000 ${file.length}`]);
});

it('tells the planner what there is by then, so that a run of the same minute is matched in one go', async () => {
  const guess = async () =>
    Number((await bench.all.query(`select reltuples from pg_class where relname = 'interaction'`))[0]?.['reltuples']);
  expect(await guess()).toBe(-1); // never looked at
  const row = (n: number) => `n${n},ada,voice,attempted,opsCollDebt`;
  const rows = Array.from({ length: 1_000 }, (_, n) => row(n));

  await bench.load('interactions', csvOf('externalId,personId,channel,status,theme', ...rows));

  expect(await guess()).toBeGreaterThanOrEqual(1_000);
});

async function* failingAfter(text: string) {
  yield Buffer.from(text);
  throw new TemporaryFailure('fileStoreUnavailable', 'the file store is out of reach');
}
