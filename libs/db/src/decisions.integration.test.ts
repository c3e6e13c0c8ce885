import { insertPerson } from '@muster/testing/factories';
import { runBench } from '@muster/testing/runBench';
import { listDecisions } from './decisions.ts';

type Bench = Awaited<ReturnType<typeof runBench>>;
let bench: Bench;
beforeEach(async () => (bench = await runBench()));
afterEach(() => bench.close());

it('finds those of a person without a scan', async () => {
  await bench.db.execute(
    `insert into decision (company_id, person_key, decided_at, verdict)
     select $1, n % 5000, date_trunc('month', now()) + n * interval '1 min', 'included' from generate_series(1, 200000) n`,
    [bench.companyId],
  );
  await bench.db.execute('analyze decision');
  const plan = await bench.db
    .forCompany(bench.companyId)
    .query<{ 'QUERY PLAN': string }>(
      `explain select * from decision where person_key = 77 and company_id = '${bench.companyId}' order by decided_at desc limit 25`,
    );
  const text = plan.map((line) => line['QUERY PLAN']).join('\n');
  expect(text).toMatch(/Index Scan using decision_\d{4}_\d\d_person_key_decided_at_idx/);
  expect(text).toMatch(/Index Cond: \(person_key = 77\)/);
  expect(text).not.toMatch(/Seq Scan/);
});

it('walks through those of a person page by page, newest first', async () => {
  const { key } = await insertPerson(bench.db, { companyId: bench.companyId });
  await bench.db.execute(
    `insert into decision (company_id, person_key, decided_at, verdict)
     select $1, $2, now() - (n / 3) * interval '20 days', 'included' from generate_series(1, 10) n`,
    [bench.companyId, key],
  );
  const company = bench.db.forCompany(bench.companyId);
  const first = await listDecisions(company, key, { limit: 4 });
  const second = await listDecisions(company, key, { limit: 4, startingAfter: first.rows.at(-1)!.id });
  const back = await listDecisions(company, key, { limit: 4, endingBefore: second.rows[0]!.id });

  expect(first).toMatchObject({ total: 10, hasNext: true, hasPrevious: false });
  expect(second).toMatchObject({ hasNext: true, hasPrevious: true });
  expect(back.rows).toEqual(first.rows);
  expect(new Set([...first.rows, ...second.rows].map(({ id }) => id)).size).toBe(8);
  const moments = [...first.rows, ...second.rows].map(({ decidedAt }) => decidedAt.getTime());
  expect(moments).toEqual([...moments].sort((a, b) => b - a));
});

it('drops what is older than three years month by month, and makes room for a year to come', async () => {
  const months = () =>
    bench.db.query<{ name: string }>(
      `select relname as name from pg_class where relname ~ '^decision_\\d{4}_\\d\\d$' and relkind = 'r' order by 1`,
    );
  const now = await months();
  expect(now).toHaveLength(13);
  await bench.db.query(`select keep_decisions(now() + interval '14 months')`);
  expect(await months()).toHaveLength(26);
  await bench.db.execute(
    `insert into decision (company_id, person_key, decided_at, verdict) values ($1, 1, now(), 'included'),
    ($1, 1, '2020-01-01', 'included')`,
    [bench.companyId],
  );

  await bench.db.query(`select keep_decisions(now() + interval '38 months')`);

  expect((await months())[0]!.name > now[0]!.name).toBe(true);
  expect(await bench.db.query('select from decision')).toEqual([]);
});
