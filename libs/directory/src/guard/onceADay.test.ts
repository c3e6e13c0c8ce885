import { onceADay } from './onceADay.ts';

const newYork = { atNoon: true, timeZone: 'America/New_York', now: new Date('2026-03-04T17:34:00Z') };

/** Something that is told anew each time it is asked: first 1, then 2. */
function teller() {
  const known = new Map<string, number>();
  let told = 0;
  return (asked: Parameters<typeof onceADay>[1], key = 'zones') => onceADay(known, asked, { key, tell: () => ++told });
}

it("tells once what all runs of the company's day ask", () => {
  const ask = teller();

  expect([ask(newYork), ask({ ...newYork, now: new Date('2026-03-05T04:59:59Z') })]).toEqual([1, 1]);
});

it.each([
  ['on the next day', { now: new Date('2026-03-05T05:00:00Z') }],
  ['in another zone', { timeZone: 'America/Chicago' }],
])('tells anew %s', (_what, over) => {
  const ask = teller();

  expect([ask(newYork), ask({ ...newYork, ...over })]).toEqual([1, 2]);
});

it('tells anew for something else', () => {
  const ask = teller();

  expect([ask(newYork), ask(newYork, 'states')]).toEqual([1, 2]);
});

it.each([
  ['at a moment of its own', { atNoon: false }],
  ['of few places', { places: new Set(['212']) }],
])('keeps nothing of what is asked %s', (_what, over) => {
  const ask = teller();

  expect([ask({ ...newYork, ...over }), ask({ ...newYork, ...over })]).toEqual([1, 2]);
});

it('never keeps more than some fifty tables', () => {
  const ask = teller();
  const days = Array.from({ length: 51 }, (_, day) => ({ ...newYork, now: new Date(Date.UTC(2026, 0, day + 1, 12)) }));

  expect(days.map((day) => ask(day)).at(-1)).toBe(51);
  expect(ask(days[0] ?? newYork)).toBe(52);
  expect(ask(days[50] ?? newYork)).toBe(51);
});
