import { refuseDaysOfWeek } from '@muster/core/checkDoNotInteract';
import { refuseJsonObject, refuseMetaData } from '@muster/core/checkJson';
import { date, flag, instant, json, oneOf, displayId, someIntegers, someOf, text, timeZone } from './fieldTypes.ts';

const code = (refused: unknown) => (typeof refused === 'string' ? refused : (refused as { code: string }).code);

it.each([
  ['text', text(), 'Zoë 😀', 'Zoë 😀'],
  ['a text as long as may be, in characters', text(3), '😀😀😀', '😀😀😀'],
  ['a text of lines', text(10, true), 'a\nb', 'a\nb'],
  ['a word', oneOf(['a', 'b']), 'b', 'b'],
  ['a list', someOf(['a', 'b']), ['b', 'a'], '{"b","a"}'],
  ['numbers', someIntegers(refuseDaysOfWeek), [0, 6], '{0,6}'],
  ['a flag', flag, false, 'false'],
  ['a leap day', date, '2024-02-29', '2024-02-29'],
  ['a moment', instant, '2026-03-08T05:00:00+02:00', '2026-03-08T03:00:00.000Z'],
  ['a zone', timeZone, 'America/New_York', 'America/New_York'],
  ['a displayId', displayId, 12, '12'],
  ['metaData', json(refuseMetaData), { a: 'b' }, '{"a":"b"}'],
])('takes %s', (...[, type, value, sql]) => {
  expect(type.toSql(value)).toBe(sql);
});

it.each([
  ['an empty text', text(), '', 'wrongLength'],
  ['too long a text', text(3), 'abcd', 'wrongLength'],
  ['a text with NUL', text(), 'a\u0000', 'wrongCharacters'],
  ['half a surrogate pair', text(), 'a\ud800', 'wrongCharacters'],
  ['a number for a text', text(), 5, 'wrongType'],
  ['an object for a text', text(), { toString: 'x' }, 'wrongType'],
  ['another word', oneOf(['a']), 'A', 'notAllowed'],
  ['a name of all objects', oneOf(['a']), 'constructor', 'notAllowed'],
  ['a list with a word twice', someOf(['a', 'b']), ['a', 'a'], 'notUnique'],
  ['an empty list', someOf(['a']), [], 'wrongLength'],
  ['a word for a list', someOf(['a']), 'a', 'wrongType'],
  ['a number out of range', someIntegers(refuseDaysOfWeek), [7], 'notDaysOfWeek'],
  ['a text for a flag', flag, 'yes', 'wrongType'],
  ['a day that no calendar has', date, '2026-02-29', 'notADate'],
  ['a month that no calendar has', date, '2026-13-01', 'notADate'],
  ['a day of the year nought', date, '0000-01-01', 'notADate'],
  ['a moment without a zone', instant, '2026-03-08T05:00:00', 'notAnInstant'],
  ['a moment of no calendar', instant, '2026-02-30T05:00:00Z', 'notAnInstant'],
  ['another planet', timeZone, 'Mars/Olympus', 'unknownTimeZone'],
  ['an offset for a zone', timeZone, '+01:00', 'unknownTimeZone'],
  ['a fraction', displayId, 1.5, 'wrongType'],
  ['a list for metaData', json(refuseMetaData), [], 'wrongType'],
  [
    'too many keys',
    json(refuseMetaData),
    Object.fromEntries(Array.from({ length: 51 }, (_, n) => [n, ''])),
    'notMetaData',
  ],
  ['too long a key', json(refuseMetaData), { ['k'.repeat(101)]: '' }, 'notMetaData'],
  ['too long a value', json(refuseMetaData), { a: 'v'.repeat(501) }, 'notMetaData'],
  ['NUL in JSON', json(refuseMetaData), { a: '\u0000' }, 'notMetaData'],
  ['half a pair in a key', json(refuseMetaData), { '\ud800': '' }, 'notMetaData'],
  ['JSON without end', json(refuseJsonObject), JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)), 'wrongType'],
  ['a text for JSON', json(refuseJsonObject), '{', 'wrongType'],
])('refuses %s', (...[, type, value, refusal]) => {
  expect(code(type.toSql(value))).toBe(refusal);
});

it.each([
  [someOf(['a', 'b']), 'a|b', ['a', 'b']],
  [someIntegers(refuseDaysOfWeek), '0|6|x', [0, 6, 'x']],
  [flag, 'true', true],
  [flag, 'TRUE', 'TRUE'],
  [displayId, '12', 12],
  [json(refuseJsonObject), '{"a":1}', { a: 1 }],
  [json(refuseJsonObject), '{', '{'],
])('reads a cell as NDJSON would say it', (type, cell, value) => {
  expect(type.fromCell?.(cell)).toEqual(value);
});
