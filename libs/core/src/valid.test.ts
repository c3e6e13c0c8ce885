import { type Fault, InvalidInput } from './errors.ts';
import {
  flag,
  flagText,
  ignored,
  instant,
  integer,
  integerText,
  list,
  nested,
  oneOf,
  partOf,
  pattern,
  raw,
  someOf,
  text,
} from './fields.ts';
import { examine, valid } from './valid.ts';

class Mirror {
  @text({ min: 1 }) host!: string;
  @integer({ min: 1, max: 65_535, optional: true }) port?: number;
}

class Sample {
  @ignored() id?: unknown;
  @text({ min: 1, max: 10 }) name!: string;
  @text({ optional: true, nullable: true }) nickname?: string | null;
  @text({ optional: true, lines: true }) key?: string;
  @pattern(/^[A-Z]{2}$/, { optional: true, message: 'must be two capital letters' }) country?: string;
  @flag({ optional: true }) isOpen?: boolean;
  @oneOf(['sms', 'email'], { nullable: true }) channel!: string | null;
  @someOf(['home', 'work'], { optional: true }) label?: string[];
  @instant({ optional: true }) at?: string;
  @nested(() => Mirror, { optional: true, nullable: true, merge: true }) mirror?: Mirror | null;
  @list(() => Mirror, { optional: true, min: 1, max: 2 }) mirrors?: Mirror[];
  @integer({ optional: true, rule: (n: number) => (n % 2 ? { code: 'isEven', message: 'must be even' } : undefined) })
  even?: number;
  @raw(
    { type: 'array' },
    { optional: true, rule: (rows) => (Array.isArray(rows) ? undefined : { code: 'isRows', message: 'must be rows' }) },
  )
  rows?: unknown[];
}

class Settings {
  @integerText({ min: 1 }) port!: number;
  @flagText() isOn!: boolean;
}

const good = { name: 'Ann', channel: null };

async function faultsOf(input: unknown, dto: new () => object = Sample): Promise<Fault[]> {
  const error = await valid(dto, input).then(
    () => new Error('it was accepted'),
    (refusal: unknown) => refusal,
  );
  if (!(error instanceof InvalidInput)) throw error as Error;
  return error.faults;
}
const codesOf = async (input: unknown) => (await faultsOf(input)).map(({ field, code }) => `${field} ${code}`);

it('gives a value of the class where all is well', async () => {
  const value = await valid(Sample, { ...good, mirrors: [{ host: 'a' }], even: 2 });
  expect(value).toBeInstanceOf(Sample);
  expect(value.mirrors?.[0]).toBeInstanceOf(Mirror);
  expect(value).toMatchObject({ ...good, mirrors: [{ host: 'a' }], even: 2 });
});

it('names every faulty field at once, with its path', async () => {
  expect(
    await codesOf({
      channel: 'fax',
      mirror: { host: '', port: 0, extra: 1 },
      mirrors: [{ host: 'a' }, { port: 1.5 }],
      nmae: 'x',
    }),
  ).toEqual([
    'nmae unknownField',
    'name required',
    'channel notAllowed',
    'mirror.extra unknownField',
    'mirror.host wrongLength',
    'mirror.port outOfRange',
    'mirrors[1].host required',
    'mirrors[1].port wrongType',
  ]);
});

it('never means a field that would be ignored', async () => {
  const [fault] = await faultsOf({ ...good, ids: 'CM-1' });
  expect(fault?.message).toBe('is not a known field');
});

it('asks whether a near name was meant', async () => {
  const [fault] = await faultsOf({ ...good, nicknme: 'x' });
  expect(fault?.message).toBe('is not a known field; did you mean nickname?');
});

it('asks nobody what he meant who has hundreds of unknown fields', async () => {
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`nicknme${at}`, 'x']));
  const faults = await faultsOf({ ...good, ...many });
  expect(new Set(faults.map(({ message }) => message))).toEqual(new Set(['is not a known field']));
});

it.each([
  ['null for a field that may be absent only', { key: null }, 'key wrongType'],
  ['a list in place of an object', { mirror: [{ host: 'a' }] }, 'mirror wrongType'],
  ['a list of lists', { mirrors: [[{ host: 'a' }]] }, 'mirrors wrongType'],
  ['a list that is too short', { mirrors: [] }, 'mirrors wrongLength'],
  ['a bare date for a moment', { at: '2026-01-01' }, 'at wrongForm'],
  ['an empty choice', { label: [] }, 'label wrongLength'],
  ['a choice named twice', { label: ['home', 'home'] }, 'label notUnique'],
  ['an object for a word', { channel: {} }, 'channel notAllowed'],
  ['a text that does not fit its form', { country: 'de' }, 'country wrongForm'],
  ['a NUL in a text', { nickname: 'a\u0000' }, 'nickname wrongCharacters'],
  ['half of a surrogate pair', { nickname: '\ud800' }, 'nickname wrongCharacters'],
  ['a line break in a text of one line', { nickname: 'a\nb' }, 'nickname wrongCharacters'],
  ['a text for true', { isOpen: 'true' }, 'isOpen wrongType'],
  ['what a rule refuses', { even: 3 }, 'even isEven'],
  ['rows that are none', { rows: 'x' }, 'rows isRows'],
])('refuses %s', async (_, change, expected) => {
  expect(await codesOf({ ...good, ...change })).toEqual([expected]);
});

it('takes line breaks where they belong', async () => {
  expect(await valid(Sample, { ...good, key: 'a\nb' })).toMatchObject({ key: 'a\nb' });
});

it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('refuses the key %s by name', async (key) => {
  expect(await codesOf(JSON.parse(`{"name":"Ann","channel":null,"mirror":{"host":"a","${key}":{"x":1}}}`))).toEqual([
    `mirror.${key} unknownField`,
  ]);
  expect(({} as { x?: number }).x).toBeUndefined();
});

it('refuses a body nested 15,000 deep instead of running out of stack', async () => {
  const [fault] = await faultsOf({ ...good, nickname: JSON.parse('['.repeat(15_000) + ']'.repeat(15_000)) as unknown });
  expect(fault?.code).toBe('tooDeep');
});

it.each([[null], [undefined], ['text'], [3], [[good]]])('refuses %j in place of an object', async (input) => {
  expect(await codesOf(input)).toEqual([' wrongType']);
});

it('hands rows through without a copy', async () => {
  const rows = [{ borrowerId: 1 }];
  expect((await valid(Sample, { ...good, rows })).rows).toBe(rows);
});

it('accepts and ignores the fields of the answers', async () => {
  await expect(valid(Sample, { ...good, id: { any: 'thing' } })).resolves.toMatchObject(good);
});

it('reads numbers and switches that come as text', async () => {
  await expect(valid(Settings, { port: '80', isOn: 'false' })).resolves.toMatchObject({ port: 80, isOn: false });
});

it('refuses a number that is none, in text', async () => {
  expect((await faultsOf({ port: '80x', isOn: 'yes' }, Settings)).map(({ code }) => code)).toEqual([
    'wrongType',
    'wrongType',
  ]);
});

it('lets a part leave out what the whole must have, and still checks what is there', async () => {
  const part = partOf(Sample);
  await expect(valid(part, { mirror: { port: 7 } })).resolves.toEqual({ mirror: { port: 7 } });
  expect((await faultsOf({ name: '', mirrors: [{}] }, part)).map(({ field }) => field)).toEqual([
    'name',
    'mirrors[0].host',
  ]);
});

it('gives of what is faulty the fields that are well-formed, and no part of a list', async () => {
  const mirrors = [{ host: 'a' }, { host: '' }];
  const input = {
    ...good,
    nmae: 'x',
    key: 5,
    even: 1,
    rows: 'x',
    nickname: 'A',
    mirror: { host: 'a', port: 0 },
    mirrors,
  };
  const { value, faults } = await examine(Sample, input);
  expect(faults.map(({ field }) => field).sort()).toEqual([
    ...['even', 'key', 'mirror.port', 'mirrors[1].host', 'nmae', 'rows'],
  ]);
  expect(Object.fromEntries(Object.entries(value ?? {}))).toEqual({ ...good, nickname: 'A', mirror: { host: 'a' } });
});

it('gives nothing of what is no object, or holds names that objects have', async () => {
  for (const input of [[], 5, null, JSON.parse('{"name":"Ann","__proto__":{}}')]) {
    expect(await examine(Sample, input)).toEqual({ value: undefined, faults: [expect.anything()] });
  }
});

it('names no field, and begins with no colon, where the whole input is at fault', async () => {
  await expect(valid(Sample, [])).rejects.toThrow(/^the input must be a JSON object$/);
  await expect(valid(Sample, { ...good, '': 1 })).rejects.toThrow(/^a field without a name is not a known field$/);
});

it('writes back no character that cannot be shown', async () => {
  await expect(valid(Sample, { ...good, 'a\u0000': 1 })).rejects.toThrow(/^a\?: is not a known field/);
});
