import fc from 'fast-check';
import { hostileText } from './hostileValues.ts';

type Bytes = fc.Arbitrary<string | Uint8Array>;

const cell = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('1', '+14155550101', 'robin@example.com', 'phone', 'email', 'primary', '') },
  { weight: 1, arbitrary: fc.oneof(hostileText, fc.constantFrom('"', '"a', 'a"b', ',', '\r\n', '\n', '"a""b"')) },
);
const names = ['personId', 'person', 'externalId', 'contactType', 'value', 'label', 'status', 'name', 'firstName'];

const csv: Bytes = fc
  .tuple(
    fc.subarray(names, { minLength: 1 }),
    fc.array(fc.array(cell, { minLength: 1, maxLength: 9 }), { maxLength: 6 }),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([header, rows, end]) => [header, ...rows].map((row) => row.join(',')).join(end) + end);

const ndjson: Bytes = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.dictionary(fc.constantFrom(...names), cell).map((row) => JSON.stringify(row)) },
      { weight: 1, arbitrary: hostileText },
    ),
    { maxLength: 6 },
  )
  .map((rows) => rows.map((row) => `${row}\n`).join(''));

/** Rows that can be loaded, or nearly: some of them are refused. */
const loadable: Record<string, Bytes> = {
  'text/csv': fc.constantFrom('externalId,status\na,strange\nb,active\n', 'externalId\nloaded 1\nloaded 2\n'),
  'application/x-ndjson': fc.constant('{"externalId":"a","status":"strange"}\n{"externalId":"b"}\n'),
};

/** Bodies of a media type, most of them well formed. */
export function bytesArbitrary(type: string): Bytes {
  const formed = type.includes('json') ? ndjson : csv;
  return fc.oneof(
    { weight: 5, arbitrary: formed },
    { weight: 3, arbitrary: loadable[type] ?? formed },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    { weight: 1, arbitrary: hostileText },
  );
}
