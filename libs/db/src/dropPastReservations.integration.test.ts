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
