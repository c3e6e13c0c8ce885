import { readFileSync } from 'node:fs';
import { collectionsIntensities, interactionChannels } from '../directory.ts';
import { massachusetts } from './massachusetts.ts';
import { rulePacks } from './packInForce.ts';
import { regF } from './regF.ts';

const page = readFileSync(new URL('../../../../docs/rule-packs.md', import.meta.url), 'utf8');
const regulation = /^(\d+ CFR \d+\.\d+\(|\d+ CMR \d+\.\d+\()/;

describe.each(rulePacks)('the pack $name $version', (pack) => {
  it('is in effect from a day of the calendar', () => {
    expect(new Date(pack.effectiveFrom).toISOString().slice(0, 10)).toBe(pack.effectiveFrom);
  });

  it('says its version, which verdicts name behind a blank', () => {
    expect(pack.version).toMatch(/^\S+$/);
  });

  it('has an hour from which and one until which, of one day', () => {
    const { from, until } = pack.hours;

    expect([from, until].every((hour) => Number.isInteger(hour))).toBe(true);
    expect(from).toBeGreaterThanOrEqual(0);
    expect(until).toBeGreaterThan(from);
    expect(until).toBeLessThanOrEqual(24);
  });

  it.each([pack.hours, ...pack.frequency, pack.conversation])(
    'names the regulation of each number: $source',
    (rule) => {
      expect(rule.source).toMatch(regulation);
    },
  );

  it('stands on the page of packs, with each source and its effective date', () => {
    const rules = [pack.hours, ...pack.frequency, pack.conversation];

    expect([`\`${pack.name}\` ${pack.version}`, pack.effectiveFrom].filter((text) => !page.includes(text))).toEqual([]);
    expect(rules.map(({ source }) => source).filter((source) => !page.includes(source))).toEqual([]);
  });

  it('gives each limit a name of its own', () => {
    const ids = pack.frequency.map(({ id }) => id);

    expect(ids).not.toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([...pack.frequency, { ...pack.conversation, id: 'conversation', most: undefined }])(
    'counts real channels in a window of whole hours: $id',
    ({ channels, windowHours }) => {
      expect(channels).not.toEqual([]);
      expect(channels.filter((channel) => !interactionChannels.includes(channel))).toEqual([]);
      expect(Number.isInteger(windowHours) && windowHours > 0).toBe(true);
    },
  );

  it.each(pack.frequency)('has a number for every intensity: $id', ({ most }) => {
    expect(Object.keys(most).sort()).toEqual([...collectionsIntensities].sort());
    expect(Object.values(most).every((number) => Number.isInteger(number) && number > 0)).toBe(true);
  });
});

it('keeps to the numbers of Regulation F', () => {
  expect(regF.hours).toMatchObject({ from: 8, until: 21 });
  expect(regF.frequency).toMatchObject([
    { channels: ['voice'], places: 'any', windowHours: 168, most: { normal: 7, light: 2, heavy: 7 } },
  ]);
  expect(regF.conversation).toMatchObject({ channels: ['voice'], windowHours: 168 });
});

it('keeps to the numbers of Massachusetts, and of Regulation F where it has none of its own', () => {
  const most = { normal: 2, light: 2, heavy: 2 };

  expect(massachusetts.frequency).toMatchObject([
    { channels: ['voice', 'text'], places: 'personalOrHome', windowHours: 168, most },
    { channels: ['voice', 'text'], places: 'elsewhere', windowHours: 720, most },
  ]);
  expect(massachusetts.conversation).toEqual(regF.conversation);
  expect(massachusetts.hours).toMatchObject({ from: 8, until: 21 });
});
