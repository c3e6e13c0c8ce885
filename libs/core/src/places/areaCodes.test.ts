import { isTimeZone } from '../timeZone.ts';
import { areaCodeGroups, areaCodes } from './areaCodes.ts';
import { states } from './states.ts';

const [eastern, central, mountain] = ['America/New_York', 'America/Chicago', 'America/Denver'];
const listed = areaCodeGroups.flatMap(({ codes }) => codes.split(' '));

it('lists every area code once', () => {
  expect(listed.filter((code, index) => listed.indexOf(code) !== index)).toEqual([]);
  expect(areaCodes.size).toBe(listed.length);
});

it('lists only what can be an area code', () => {
  expect(listed.filter((code) => !/^[2-9][0-8][0-9]$/.test(code))).toEqual([]);
});

it.each(areaCodeGroups)('knows the zones and the states of $codes', ({ states: codes, zones }) => {
  expect(zones).not.toEqual([]);
  expect(zones.filter((zone) => !isTimeZone(zone))).toEqual([]);
  expect(new Set(zones).size).toBe(zones.length);
  expect(codes.filter((code) => !states.some((state) => state.code === code))).toEqual([]);
});

// Both ways and without exceptions (states.test.ts has the other): neither table knows a zone that the other has forgotten.
it.each(areaCodeGroups.filter((group) => group.states.length > 0))(
  'puts $codes into no zone that its states do not have',
  (group) => {
    const inStates = new Set(states.filter(({ code }) => group.states.includes(code)).flatMap(({ zones }) => zones));

    expect(group.zones.filter((zone) => !inStates.has(zone))).toEqual([]);
  },
);

it.each(states)('has an area code of $name', ({ code }) => {
  expect([...areaCodes.values()].some((place) => place.states.includes(code))).toBe(true);
});

it.each([
  ['212', ['NY'], [eastern]],
  ['617', ['MA'], [eastern]],
  ['312', ['IL'], [central]],
  ['303', ['CO'], [mountain]],
  ['415', ['CA'], ['America/Los_Angeles']],
  ['602', ['AZ'], ['America/Phoenix']],
  ['808', ['HI'], ['Pacific/Honolulu']],
  ['787', ['PR'], ['America/Puerto_Rico']],
  ['902', ['NS', 'PE'], ['America/Halifax']],
  ['876', [], ['America/Jamaica']],
])('knows where %s is', (code, inStates, zones) => {
  expect(areaCodes.get(code)).toEqual({ states: inStates, zones });
});

it.each([
  ['850', eastern, central],
  ['270', eastern, central],
  ['812', eastern, central],
  ['906', eastern, central],
  ['931', eastern, central],
  ['423', eastern, central],
  ['308', central, mountain],
  ['605', central, mountain],
  ['701', central, mountain],
  ['785', central, mountain],
  ['620', central, mountain],
  ['432', central, mountain],
  ['208', mountain, 'America/Los_Angeles'],
  ['541', 'America/Los_Angeles', mountain],
  ['775', 'America/Los_Angeles', mountain],
  ['928', 'America/Phoenix', mountain],
  ['907', 'America/Anchorage', 'America/Adak'],
  ['709', 'America/St_Johns', 'America/Halifax'],
])('knows that %s has both %s and %s', (code, one, other) => {
  expect(areaCodes.get(code)?.zones).toEqual([one, other]);
});

it.each(['850 448', '270 364', '812 930', '423 729', '208 986', '541 458', '418 581 367 273', '709 879', '407 689'])(
  'gives the overlays of %s the same zones',
  (overlaid) => {
    const [first, ...others] = overlaid.split(' ').map((code) => areaCodes.get(code));

    expect(first).toBeDefined();
    for (const other of others) expect(other).toEqual(first);
  },
);

it.each([
  '800',
  '822',
  '833',
  '844',
  '855',
  '866',
  '877',
  '888',
  '889',
  '900',
  '500',
  '521',
  '533',
  '588',
  '600',
  '622',
  '700',
  '710',
])('knows no place of %s, which has none', (code) => {
  expect(areaCodes.has(code)).toBe(false);
});

it.each(['', '21', '2125', '911', '411', '000', '12a'])('knows no place of %j, which is no area code', (code) => {
  expect(areaCodes.has(code)).toBe(false);
});
