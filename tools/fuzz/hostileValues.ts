import fc from 'fast-check';
import { rawJson } from './draft.ts';

/** What a text may be that nobody expects: each has broken some program. */
export const hostileTexts = [
  ...['', ' ', '\0', 'a\0b', '\u0007', '\r\nX-Injected: 1', '\t', '\u007f', '\u0085', '\u2028'],
  ...['\ud800', 'a\udc00b', '\udfff\ud800', '\ufffe', '\ufeffx', '\u202eevil', '\u2066x\u2069', 'e\u0301'.repeat(50)],
  ...['\u{1f469}\u200d\u{1f469}\u200d\u{1f467}', '\u{10ffff}', 'ﷺ'.repeat(30), 'ı', 'ß', 'Ⅷ', '٣'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'null', 'undefined', 'NaN', 'true'],
  ...["'; drop table campaign; --", '%', '_', '\\', '$1', '${7*7}', '{{7*7}}', '<script>alert(1)</script>', '=1+1'],
  ...['../../etc/passwd', '..\\..\\x', 'file:///etc/passwd', 'http://127.0.0.1:22/', 'http://[::ffff:7f00:1]/', '//x'],
  ...['9007199254740993', '-1', '0', '1e9', '0x10', '2026-02-30', '0000-00-00', '2026-13-01T25:61:61Z', '+00:00'],
  ...['2026-01-01T00:00:00.000000000001Z', '-271821-04-20T00:00:00Z', '99999-01-01', 'ext-', 'ext-x', 'CM-1', '1'],
];

const longTexts = [51, 101, 201, 256, 501, 601, 1_001, 2_001, 10_001].map((length) => 'x'.repeat(length));

/** A text that nobody expects. */
export const hostileText = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 1, arbitrary: fc.constantFrom(...longTexts) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 1, arbitrary: fc.array(fc.nat(0xffff), { maxLength: 12 }).map((codes) => String.fromCharCode(...codes)) },
);

const deep = (levels: number) => rawJson('['.repeat(levels) + ']'.repeat(levels));

const hostileNumbers = [
  ...[-1, 0, 1, 0.5, 101, 100_001, 1e21, -1e-7, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 + 2, 2 ** 63, 1.7e308],
  ...['1e400', '-1e400', '-0', '1E+2', '9007199254740993', '0.1e-400', '1'.repeat(400)].map(rawJson),
];

const hostileShapes = [
  ...[null, true, false, [], {}, [[]], [null], {}, { length: 1e9 }, { $ne: null }, { toJSON: 1 }],
  ...[rawJson('{"__proto__":{"polluted":true}}'), rawJson('{"constructor":{"prototype":{"polluted":true}}}')],
  ...[rawJson('{"id":1,"id":2}'), deep(19), deep(39), deep(60), rawJson('{"a":'.repeat(30) + '1' + '}'.repeat(30))],
  ...[Array.from({ length: 600 }, () => 0), Array.from({ length: 101 }, () => ({}))],
];

/** A value that nobody expects, of any type. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(...hostileNumbers),
  fc.constantFrom<unknown>(...hostileShapes),
  fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }),
);
