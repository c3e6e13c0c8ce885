import { refuseJsonObject, refuseMetaData } from './checkJson.ts';

const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, '']));

it.each<[string, unknown]>([
  ['nothing', {}],
  ['50 keys', keys(50)],
  ['the longest key and value', { ['k'.repeat(100)]: 'v'.repeat(500) }],
  ['characters beyond the basic plane, each one', { ['\u{1F600}'.repeat(100)]: '\u{1F600}'.repeat(500) }],
  ['lines', { note: 'a\nb' }],
])('takes meta data of %s', (_, value) => {
  expect(refuseMetaData(value)).toBeUndefined();
});

it.each<[string, unknown]>([
  ['51 keys', keys(51)],
  ['a key that is too long', { ['k'.repeat(101)]: '' }],
  ['an empty key', { '': '' }],
  ['a value that is too long', { k: 'v'.repeat(501) }],
  ['a number', { k: 1 }],
  ['an object', { k: {} }],
  ['a NUL in a key', { 'a\u0000': '' }],
  ['half a surrogate pair', { k: '\uD800' }],
])('refuses meta data with %s', (_, value) => {
  expect(refuseMetaData(value)).toMatchObject({ code: 'notMetaData' });
});

it.each([null, [], 'x', 1])('refuses %j for an object', (value) => {
  expect(refuseMetaData(value)).toMatchObject({ code: 'wrongType' });
  expect(refuseJsonObject(value)).toMatchObject({ code: 'wrongType' });
});

it('takes objects of five levels, and refuses deeper ones', () => {
  expect(refuseJsonObject({ a: { b: { c: { d: [1, null, true, 'x'] } } } })).toBeUndefined();
  expect(refuseJsonObject({ a: { b: { c: { d: { e: {} } } } } })).toMatchObject({ code: 'wrongCharacters' });
});

it.each<[string, object]>([
  ['a NUL', { a: ['\u0000'] }],
  ['half a surrogate pair in a key', { '\uDC00': 1 }],
  ['a number that JSON has not', { a: Infinity }],
])('refuses an object with %s', (_, value) => {
  expect(refuseJsonObject(value)).toMatchObject({ code: 'wrongCharacters' });
});

it('refuses objects of more than 20,000 characters', () => {
  expect(refuseJsonObject({ a: 'x'.repeat(20_000) })).toMatchObject({ code: 'wrongLength' });
});
