import { dueTimes, dueWindow } from './dueWindow.ts';

it.each(['2026-11-22T00:10:20Z', '2026-11-22T12:59:01Z', '2026-11-22T23:59:30Z'])(
  'all campaigns are due in the minutes after %s',
  (earliest) => {
    const window = dueWindow(new Date(earliest), 2);

    const times = dueTimes(['CM-1', 'CM-2', 'CM-3', 'CM-4', 'CM-5'], window).map((at) => at.getTime());

    const begins = window.beginsAt.getTime();
    expect(begins - Date.parse(earliest)).toBeGreaterThanOrEqual(0);
    expect(begins - Date.parse(earliest)).toBeLessThan(60_000);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(begins);
    expect(Math.max(...times)).toBeLessThan(begins + 120_000);
    expect(window.from).toMatch(/^1[123]:/);
  },
);
