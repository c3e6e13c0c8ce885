import {
  date,
  flag,
  instant,
  json,
  oneOf,
  positiveInteger,
  someIntegers,
  someOf,
  text,
  timeZone,
} from './fieldTypes.ts';
import { refuseMetaData } from './refuseJson.ts';

const code = (refused: unknown) => (typeof refused === 'string' ? refused : (refused as { code: string }).code);

it.each([
  ['text', text(), 'Zoë 😀', 'Zoë 😀'],
  ['a text as long as may be, in characters', text(3), '😀😀😀', '😀😀😀'],
  ['a text of lines', text(10, true), 'a\nb', 'a\nb'],
  ['a word', oneOf(['a', 'b']), 'b', 'b'],
  ['a list', someOf(['a', 'b']), ['b', 'a'], '{"b","a"}'],
  ['numbers', someIntegers(0, 6), [0, 6], '{0,6}'],
  ['a flag', flag, false, 'false'],
  ['a leap day', date, '2024-02-29', '2024-02-29'],
  ['a moment', instant, '2026-03-08T05:00:00+02:00', '2026-03-08T03:00:00.000Z'],
  ['a zone', timeZone, 'America/New_York', 'America/New_York'],
  ['a displayId', positiveInteger, 12, '12'],
  ['metaData', json(refuseMetaData), { a: 'b' }, '{"a":"b"}'],
])('takes %s', (_, type, value, sql) => {
  expect(type.toSql(value)).toBe(sql);
});

it.each([
  ['an empty text', text(), '', 'isLength'],
  ['too long a text', text(3), 'abcd', 'isLength'],
  ['a text with NUL', text(), 'a\u0000', 'isLength'],
  ['half a surrogate pair', text(), 'a\ud800', 'isLength'],
  ['a number for a text', text(), 5, 'isLength'],
  ['an object for a text', text(), { toString: 'x' }, 'isLength'],
  ['another word', oneOf(['a']), 'A', 'isIn'],
  ['a name of all objects', oneOf(['a']), 'constructor', 'isIn'],
  ['a list with a word twice', someOf(['a', 'b']), ['a', 'a'], 'isIn'],
  ['an empty list', someOf(['a']), [], 'isIn'],
  ['a word for a list', someOf(['a']), 'a', 'isIn'],
  ['a number out of range', someIntegers(0, 6), [7], 'isIn'],
  ['a text for a flag', flag, 'yes', 'isBoolean'],
  ['a day that no calendar has', date, '2026-02-29', 'isDate'],
  ['a month that no calendar has', date, '2026-13-01', 'isDate'],
  ['a day of the year nought', date, '0000-01-01', 'isDate'],
  ['a moment without a zone', instant, '2026-03-08T05:00:00', 'isIso8601'],
  ['a moment of no calendar', instant, '2026-02-30T05:00:00Z', 'isIso8601'],
  ['another planet', timeZone, 'Mars/Olympus', 'isTimeZone'],
  ['an offset for a zone', timeZone, '+01:00', 'isTimeZone'],
  ['a fraction', positiveInteger, 1.5, 'isInt'],
  ['a list for metaData', json(refuseMetaData), [], 'metaData'],
  [
    'too many keys',
    json(refuseMetaData),
    Object.fromEntries(Array.from({ length: 51 }, (_, n) => [n, ''])),
    'metaData',
  ],
  ['too long a key', json(refuseMetaData), { ['k'.repeat(101)]: '' }, 'metaData'],
  ['too long a value', json(refuseMetaData), { a: 'v'.repeat(501) }, 'metaData'],
  ['NUL in JSON', json(refuseMetaData), { a: '\u0000' }, 'isCleanText'],
  ['half a pair in a key', json(refuseMetaData), { '\ud800': '' }, 'isCleanText'],
  ['JSON without end', json(() => undefined), JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)), 'isCleanText'],
  ['a text for JSON', json(() => undefined), '{', 'isObject'],
])('refuses %s', (_, type, value, refusal) => {
  expect(code(type.toSql(value))).toBe(refusal);
});

it.each([
  [someOf(['a', 'b']), 'a|b', ['a', 'b']],
  [someIntegers(0, 6), '0|6|x', [0, 6, 'x']],
  [flag, 'true', true],
  [flag, 'TRUE', 'TRUE'],
  [positiveInteger, '12', 12],
  [json(() => undefined), '{"a":1}', { a: 1 }],
  [json(() => undefined), '{', '{'],
])('reads a cell as NDJSON would say it', (type, cell, value) => {
  expect(type.fromCell?.(cell)).toEqual(value);
});
