import { CronExpressionParser } from 'cron-parser';
import { addDays } from './calendarDate.ts';
import { type DailyWindow, dispatchAt, sixFieldPattern } from './dispatchTime.ts';
import { firesOn, parsePeachyCrontab } from './peachyCrontab.ts';

const morning: DailyWindow = { from: '05:00', to: '08:00' };
/** One minute from then on, so that the time is known but for its seconds. */
const minuteFrom = (from: string): DailyWindow => ({ from, to: from.slice(0, 4) + String(Number(from.slice(4)) + 1) });

function dueAt(date: string, { window = morning, timeZone = 'UTC', campaignId = 'CM-1' } = {}): string {
  return dispatchAt({ campaignId, date, window, timeZone }).toISOString();
}

it.each([
  // The test vectors, worked out with sha256sum: c2eee6657020, e85f15b02a99 and c9d8edb48920, modulo 10,800 s.
  ['CM-1', '2026-06-01T06:41:52.000Z'],
  ['CM-2', '2026-06-01T05:05:29.000Z'],
  ['0197b0a4-0000-7000-8000-000000000001', '2026-06-01T06:51:28.000Z'],
])('never moves a campaign: %s', (campaignId, expected) => {
  expect(dueAt('2026-06-01', { campaignId })).toBe(expected);
});

it('keeps a campaign at one local time of day, whatever the season', () => {
  const winter = dueAt('2026-01-15', { timeZone: 'America/New_York' });
  const summer = dueAt('2026-07-15', { timeZone: 'America/New_York' });
  expect(Date.parse(winter) - Date.parse('2026-01-15T05:00Z')).toBe(
    Date.parse(summer) - Date.parse('2026-07-15T04:00Z'),
  );
});

it('spreads ten thousand campaigns evenly over the window', () => {
  const perMinute = Array.from({ length: 180 }, () => 0);
  for (let n = 0; n < 10_000; n++) {
    const at = new Date(dueAt('2026-06-01', { campaignId: `CM-${n}` }));
    const minute = (at.getUTCHours() - 5) * 60 + at.getUTCMinutes();
    perMinute[minute] = (perMinute[minute] ?? 0) + 1;
  }
  expect(perMinute).toHaveLength(180); // none outside
  const mean = 10_000 / 180;
  const chiSquare = perMinute.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
  expect(chiSquare).toBeLessThan(240); // 179 degrees of freedom: one in a thousand even spreads lies above
});

it('runs right after the gap what a change of the clocks leaves out', () => {
  const window = minuteFrom('02:30');
  const before = dueAt('2026-03-07', { window, timeZone: 'America/New_York' });
  const gap = dueAt('2026-03-08', { window, timeZone: 'America/New_York' });
  expect(before).toMatch(/^2026-03-07T07:30/);
  expect(gap).toMatch(/^2026-03-08T07:00:00/); // 03:00 by the clock on the wall
});

it.each([
  ['America/New_York', '2026-11-01', '01:30', '2026-11-01T05:30'],
  ['Europe/Berlin', '2026-10-25', '02:30', '2026-10-25T00:30'],
  ['Australia/Lord_Howe', '2026-04-05', '01:45', '2026-04-04T14:45'],
  ['America/Santiago', '2026-04-04', '23:30', '2026-04-05T02:30'],
])('takes the first of a time that comes twice: %s', (timeZone, ...[date, from, expected]) => {
  expect(dueAt(date, { window: minuteFrom(from), timeZone }).slice(0, 16)).toBe(expected);
});

it('writes a pattern of six fields for the queue, with the moment that the slots have', () => {
  const rule = { campaignId: 'CM-1', window: morning, timeZone: 'America/New_York' };
  const pattern = sixFieldPattern(parsePeachyCrontab('P P * * mon-fri'), rule);
  const next = CronExpressionParser.parse(pattern, { tz: rule.timeZone, currentDate: '2026-06-05T12:00:00Z' }).next();
  expect(next.getTime()).toBe(dispatchAt({ ...rule, date: '2026-06-05' }).getTime() + 3 * 86_400_000);
  expect(pattern.split(' ').slice(3)).toEqual(['*', '*', '1,2,3,4,5']);
});

it.each([
  'P P * * *',
  'P P 1,15 * *',
  'P P 1 */3 *',
  'P P 15 * 5',
  'P P */2 * 1',
  'P P 1 * */2',
  'P P 1-31 * 5',
  'P P 31 2 5',
  'P P 30,31 2,4 5',
  'P P 31 4,6 1-7',
  'P P 29 2 *',
  'P P * * 0-7',
])('rings through the queue on every day that the crontab fires: %s', (text) => {
  const crontab = parsePeachyCrontab(text);
  const pattern = sixFieldPattern(crontab, { campaignId: 'CM-1', window: morning, timeZone: 'UTC' });
  const ringing = CronExpressionParser.parse(pattern, { tz: 'UTC', currentDate: '2027-01-01T00:00:00Z' });
  const rings = new Set<string>();
  for (let day = ''; day < '2028-03-02'; rings.add(day)) day = ringing.next().toDate().toISOString().slice(0, 10);
  const days = Array.from({ length: 425 }, (_, n) => addDays('2027-01-01', n));
  expect(days.filter((day) => firesOn(crontab, day) && !rings.has(day))).toEqual([]);
});
