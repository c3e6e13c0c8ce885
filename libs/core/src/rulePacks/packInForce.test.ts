import { packInForce, rulePacks } from './packInForce.ts';
import { regF } from './regF.ts';
import { type RulePackName, rulePackNames } from './rulePack.ts';

const second = { ...regF, version: '2', effectiveFrom: '2027-01-01' };
const third = { ...regF, version: '3', effectiveFrom: '2028-07-01' };

it.each([
  ['2026-12-31', '1'],
  ['2027-01-01', '2'],
  ['2028-06-30', '2'],
  ['2028-07-01', '3'],
  ['2040-01-01', '3'],
])('gives the version that is in effect on %s', (day, version) => {
  expect(packInForce('reg-f', day, [third, regF, second]).version).toBe(version);
});

it('fails where no version is in effect yet: without numbers a verdict would be a guess', () => {
  expect(() => packInForce('reg-f', '2021-11-29')).toThrow(
    'no version of the rule pack reg-f is in effect on 2021-11-29',
  );
  expect(packInForce('reg-f', '2021-11-30')).toBe(regF);
});

it('fails where a pack is named that does not exist', () => {
  const say = 'no version of the rule pack california is in effect on 2026-03-04';

  expect(() => packInForce('california' as RulePackName, '2026-03-04')).toThrow(say);
});

it.each(rulePackNames)('has a version of %s that is in effect today', (name) => {
  expect(packInForce(name, '2026-11-22').name).toBe(name);
});

it('has each version of a pack once, and each from a day of its own', () => {
  const versions = rulePacks.map(({ name, version }) => `${name} ${version}`);
  const days = rulePacks.map(({ name, effectiveFrom }) => `${name} ${effectiveFrom}`);

  expect(new Set(versions).size).toBe(versions.length);
  expect(new Set(days).size).toBe(days.length);
});
