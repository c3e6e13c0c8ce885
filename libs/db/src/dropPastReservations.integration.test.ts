import { costsOf } from '@muster/testing/costsOf';
import { insertReservation } from '@muster/testing/factories';
import { runBench } from '@muster/testing/runBench';
import { dropPastReservations } from './dropPastReservations.ts';
import { openDatabase } from './openDatabase.ts';

it('removes what was reserved and is past for a week, whatever became of it, and nothing else', async () => {
  const { db, companyId, close } = await runBench();
  const hour = 3_600_000;
  const week = 7 * 24 * hour;
  const reserve = (personKey: number, expiredMs: number, over: object = {}) =>
    insertReservation(db, {
      ...{ companyId, runId: 'CR-A', personKey, channel: 'voice', theme: 'opsCollDebt' },
      ...{ expiresAt: new Date(Date.now() - expiredMs), ...over },
    });
  await reserve(1, week + hour);
  await reserve(2, week + hour, { consumedBy: 7 });
  await reserve(3, week + hour, { releasedAt: new Date() });
  await reserve(4, week - hour);
  await reserve(5, -hour);

  expect(await dropPastReservations(db)).toBe(3);

  const left = await db.query<{ key: string }>('select person_key as key from reservation order by person_key');
  expect(left.map(({ key }) => key)).toEqual(['4', '5']);
  await close();
});

it('finds the rows of those sets by an index, and reads no others', async () => {
  const { db, companyId, close } = await runBench();
  await db.execute(
    `insert into reservation_set (company_id, run_id, theme, expires_at)
     select $1, 'CR-' || number, 'opsCollDebt', now() + make_interval(days => number - 20) from generate_series(1, 200) number`,
    [companyId],
  );
  await db.execute(
    `insert into reservation (set_key, person_key, company_id, channel)
     select s.key, row, s.company_id, 'voice' from reservation_set s, generate_series(1, 1000) row order by s.key`,
  );
  const [seen] = await db.transaction(async (tx) => {
    expect(await dropPastReservations(tx)).toBe(13);
    return tx.query<{ rows: string; scans: string }>(
      `select seq_scan as scans, n_tup_del as rows from pg_stat_xact_user_tables where relname = 'reservation'`,
    );
  });

  expect(seen).toEqual({ rows: '13000', scans: '0' });
  await close();
});

it('reads no others either once rows lie in the place of earlier ones', async () => {
  const { url, companyId, close } = await runBench();
  const db = await openDatabase({ url, asLogin: true }); // who may tidy tables
  for (let round = 1; round <= 3; round++) {
    await db.execute(`delete from reservation where set_key <= $1`, [(round - 2) * 2000]);
    await db.execute('vacuum reservation');
    await db.execute(
      `insert into reservation (set_key, person_key, company_id, channel)
       select s, row, $1, 'voice' from generate_series($2::int + 1, $2::int + 2000) s, generate_series(1, 10) row order by s`,
      [companyId, (round - 1) * 2000],
    );
  }
  await db.execute(
    `insert into reservation_set (key, company_id, run_id, theme, expires_at)
     select s, $1, 'CR-' || s, 'opsCollDebt', now() - interval '8 days' from generate_series(2001, 2005) s`,
    [companyId],
  );
  await db.execute('vacuum analyze reservation');

  const costs = await costsOf(db, dropPastReservations);

  const [{ pages } = { pages: NaN }] = await db.query<{ pages: number }>(
    `select relpages as pages from pg_class where relname = 'reservation'`,
  );
  expect(costs.reduce((sum, cost) => sum + cost.pages, 0)).toBeLessThan(pages);
  await db.close();
  await close();
});
