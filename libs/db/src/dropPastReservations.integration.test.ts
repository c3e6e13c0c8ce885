import { insertReservation } from '@muster/testing/factories';
import { runBench } from '@muster/testing/runBench';
import { dropPastReservations } from './dropPastReservations.ts';

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
