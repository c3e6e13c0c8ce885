import { dueTimes } from './dueTimes.ts';
import { parsePeachyCrontab } from './peachyCrontab.ts';

const schedule = {
  campaignId: 'CM-1',
  crontab: parsePeachyCrontab('P P * * 1-5'),
  window: { from: '05:00', to: '08:00' },
  catchUpUntil: '12:00',
  timeZone: 'America/New_York',
  setAt: new Date('2025-01-01T00:00:00Z'),
};
const thursday = new Date('2026-03-05T17:00:00Z'); // three days before the clocks change

it('gives the moments to come, by UTC and by the clock on the wall', () => {
  const times = dueTimes(schedule, { count: 3, now: thursday, lastDueDate: undefined });
  expect(times.map((time) => [time.dueDate, time.dueAt.toISOString(), time.localTime])).toEqual([
    ['2026-03-06', '2026-03-06T11:41:52.000Z', '2026-03-06T06:41:52-05:00'], // as dispatchTime.test.ts has it
    ['2026-03-09', '2026-03-09T10:41:52.000Z', '2026-03-09T06:41:52-04:00'],
    ['2026-03-10', '2026-03-10T10:41:52.000Z', '2026-03-10T06:41:52-04:00'],
  ]);
});

it('gives the time of this very day only until it has come, or is on record', () => {
  const first = (now: string, lastDueDate?: string) =>
    dueTimes(schedule, { count: 1, now: new Date(now), lastDueDate })[0]?.dueDate;

  expect(first('2026-03-05T11:41:51Z')).toBe('2026-03-05');
  expect(first('2026-03-05T11:41:52Z')).toBe('2026-03-06');
  expect(first('2026-03-05T11:41:51Z', '2026-03-05')).toBe('2026-03-06');
});

it('looks no further than 40 years', () => {
  const rare = { ...schedule, crontab: parsePeachyCrontab('P P 29 2 *') };
  const times = dueTimes(rare, { count: 100, now: thursday, lastDueDate: undefined });
  expect(times[0]?.dueDate).toBe('2028-02-29');
  expect(times.at(-1)?.dueDate).toBe('2064-02-29');
});

it('tells local times east of Greenwich, and in zones of half an hour', () => {
  const at = (timeZone: string) =>
    dueTimes({ ...schedule, timeZone }, { count: 1, now: thursday, lastDueDate: undefined })[0]?.localTime;
  expect([at('Asia/Kolkata'), at('UTC')]).toEqual(['2026-03-06T06:41:52+05:30', '2026-03-06T06:41:52+00:00']);
});
