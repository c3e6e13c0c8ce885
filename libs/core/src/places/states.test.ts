import { isTimeZone } from '../timeZone.ts';
import { areaCodes } from './areaCodes.ts';
import { states } from './states.ts';

const zonesOf = (code: string) => states.find((state) => state.code === code)?.zones;

it('has the 50 states, the federal district, 5 territories, and the 13 provinces and territories of Canada, each once', () => {
  expect(states).toHaveLength(50 + 1 + 5 + 13);
  expect(new Set(states.map(({ code }) => code)).size).toBe(states.length);
});

it.each(states)('writes $name with two capital letters', ({ code }) => {
  expect(code).toMatch(/^[A-Z]{2}$/);
});

it.each(states)('gives $name zones that exist, each once', ({ zones }) => {
  expect(zones).not.toEqual([]);
  expect(zones.filter((zone) => !isTimeZone(zone))).toEqual([]);
  expect(new Set(zones).size).toBe(zones.length);
});

// Both ways and without exceptions: neither table knows a zone that the other has forgotten.
it.each(states)('gives $name no zone that none of its area codes is in', ({ code, zones }) => {
  const places = [...areaCodes.values()].filter((place) => place.states.includes(code));
  const inCodes = new Set(places.flatMap((place) => place.zones));

  expect(zones.filter((zone) => !inCodes.has(zone))).toEqual([]);
});

it.each([
  ['MA', ['America/New_York']],
  ['TX', ['America/Chicago', 'America/Denver']],
  ['IN', ['America/New_York', 'America/Chicago']],
  ['AZ', ['America/Phoenix', 'America/Denver']], // the Navajo Nation keeps summer time
  ['AK', ['America/Anchorage', 'America/Adak']],
  ['HI', ['Pacific/Honolulu']],
  ['PR', ['America/Puerto_Rico']],
])('knows every zone of %s', (code, zones) => {
  expect(zonesOf(code)).toEqual(zones);
});

it('knows which states have two times, and that no state has more', () => {
  const several = states.slice(0, 51).filter(({ zones }) => zones.length > 1);

  expect(several.map(({ code }) => code).join(' ')).toBe('AK AZ FL ID IN KS KY MI NE NV ND OR SD TN TX');
  expect(several.every(({ zones }) => zones.length === 2)).toBe(true);
});

it.each([
  ['America/Vancouver', 'America/Fort_Nelson'],
  ['America/Edmonton', 'America/Regina'],
  ['America/Winnipeg', 'America/Atikokan'],
])('never trusts an old engine with %s alone: beside it stands %s, whose clocks never turned', (stopped, steady) => {
  const places = [...states, ...areaCodes.values()].filter(({ zones }) => zones.includes(stopped));

  expect(places).not.toEqual([]);
  expect(places.filter(({ zones }) => !zones.includes(steady))).toEqual([]);
});
