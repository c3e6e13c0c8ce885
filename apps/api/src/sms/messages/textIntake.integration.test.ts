import { TemporaryFailure } from '@muster/core/errors';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { fakeLog } from '@muster/testing/fakeLog';
import { smsBench } from '@muster/testing/smsBench';
import { textIntake } from './textIntake.ts';

let bench: Awaited<ReturnType<typeof smsBench>>;
beforeAll(async () => (bench = await smsBench()));
afterAll(() => bench.close());

let nth = 0;
const some = (count: number) =>
  Array.from({ length: count }, () => ({
    ...{ carrierId: `carrier-${++nth}`, channel: '1217', msisdn: '4520123456', text: `text ${nth}` },
  }));

/** The company's database, which counts statements, and fails those that it is told to. */
function watched() {
  const seen = { statements: 0, failures: [] as Error[] };
  const query: CompanyDatabase['query'] = (sql, parameters) => {
    seen.statements++;
    const failure = seen.failures.shift();
    return failure ? Promise.reject(failure) : bench.company.query(sql, parameters);
  };
  return { company: { ...bench.company, query }, seen };
}

it('stores what comes while others are stored in one statement, and gives each request its own', async () => {
  const { company, seen } = watched();
  const rung: string[] = [];
  const store = textIntake({ onMessagesStored: (guids) => void rung.push(...guids), log: fakeLog() });
  const requests = [some(1), some(2), some(1), some(3)];

  const stored = await Promise.all(requests.map((texts) => store(company, texts)));

  expect(seen.statements).toBe(2); // the first request's, and all others'
  for (const [at, texts] of requests.entries()) {
    const rows = await bench.db.query(
      'select carrier_id as "carrierId" from sms_message where guid = any ($1) order by number',
      [stored[at]?.map(({ messageGuid }) => messageGuid)],
    );
    expect(rows).toEqual(texts.map(({ carrierId }) => ({ carrierId })));
  }
  expect(rung.toSorted()).toEqual(
    stored
      .flat()
      .map(({ messageGuid }) => messageGuid)
      .toSorted(),
  );
});

it('stores no more than 500 in a statement, unless one request has them', async () => {
  const { company, seen } = watched();
  const store = textIntake({ log: fakeLog() });
  await Promise.all([some(1), some(400), some(100), some(1), some(500)].map((texts) => store(company, texts)));
  expect(seen.statements).toBe(4); // 1; 400 and 100; 1; 500
});

it('fails those that went together where the database does, and goes on with those that come after', async () => {
  const { company, seen } = watched();
  const store = textIntake({ log: fakeLog() });
  seen.failures.push(new TemporaryFailure('databaseUnavailable', 'it is away'));
  const [first, second] = [store(company, some(1)), store(company, some(1))];
  await expect(first).rejects.toThrow('it is away');
  expect(await second).toMatchObject([{ isNew: true }]);
  expect(await store(company, some(1))).toMatchObject([{ isNew: true }]);
});

it('stores, and says so in the log, where nobody can be rung for', async () => {
  const log = fakeLog();
  const store = textIntake({ onMessagesStored: () => Promise.reject(new Error('no queue')), log });
  expect(await store(bench.company, some(1))).toMatchObject([{ isNew: true }]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(log.lines).toMatchObject([{ event: 'afterwards.failed' }]);
});

it('keeps the first text of an id, and says so in the log where another one comes under it', async () => {
  const log = fakeLog();
  const store = textIntake({ log });
  const [first] = some(1);
  const [{ messageGuid } = { messageGuid: '' }] = await store(bench.company, [first!]);
  for (const change of [{}, { text: 'hush' }, { msisdn: '4520999999' }, { channel: '1220' }])
    expect(await store(bench.company, [{ ...first!, ...change }])).toMatchObject([{ messageGuid, isNew: false }]);
  const both = [
    { ...first!, carrierId: 'twice' },
    { ...first!, carrierId: 'twice', text: 'hush' },
  ];
  await store(bench.company, both);
  expect(await bench.message(messageGuid)).toMatchObject({ receivedText: first!.text, msisdn: first!.msisdn });
  const told = { event: 'messages.otherUnderId', fields: { companyId: bench.companyId, count: 1 } };
  expect(log.lines).toMatchObject([told, told, told, told]);
  expect(JSON.stringify(log.lines)).not.toMatch(/hush|4520/);
});
