import { audienceBench } from '@muster/testing/audienceBench';
import { insertContact, insertLoan, insertPerson, insertRow } from '@muster/testing/factories';

type Bench = Awaited<ReturnType<typeof audienceBench>>;
let bench: Bench;
beforeAll(async () => (bench = await audienceBench()));
afterAll(() => bench.close());

const screened = { checkCanInteractData: { theme: 'opsCollDebt' as const, isAutodialed: false } };

it('counts what other runs have handed over, but not its own', async () => {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId, collectionsIntensity: 'light' });
  await insertContact(db, { companyId, personKey: person.key, value: '+12125550100' });
  await insertContact(db, { companyId, personKey: person.key, value: '+12125550101' });
  const loan = await insertLoan(db, { companyId, personKey: person.key });
  const csv = `id,loanId\r\n${person.key},${loan.key}\r\n`;
  const [campaign] = await db.query<{ id: string }>('insert into campaign (company_id) values ($1) returning id', [
    companyId,
  ]);
  const runs = [];
  for (const n of [1, 2, 3]) {
    const runId = `CR-TEST-00${n}`;
    await db.execute(
      `insert into run (id, company_id, campaign_id, trigger, settings, status) values ($1, $2, $3, 'manual', '{}', 'succeeded')`,
      [runId, companyId, campaign!.id],
    );
    const run = await bench.run(csv, screened, { runId });
    runs.push([run.counts.exported, run.counts.screenedOut]);
  }
  const again = await bench.run(csv, screened, { runId: 'CR-TEST-002' });
  expect(runs).toEqual([
    [2, {}],
    [2, {}],
    [0, { frequencyLimit: 2 }],
  ]);
  expect(again.counts.exported).toBe(2);
  await insertRow(db, 'interaction', {
    companyId,
    personKey: person.key,
    loanKeys: [loan.key],
    channel: 'voice',
    status: 'attempted',
    theme: 'opsCollDebt',
    startedAt: new Date('2026-03-04T18:00:00Z'),
  });
  await insertRow(db, 'interaction', {
    companyId,
    personKey: person.key,
    channel: 'voice',
    status: 'attempted',
    theme: 'opsCollDebt',
    startedAt: new Date('2026-03-04T18:00:00Z'),
  });
  expect(await db.query('select consumed_by from reservation order by key')).toEqual([
    { consumed_by: '1' },
    { consumed_by: '2' },
  ]);
});
