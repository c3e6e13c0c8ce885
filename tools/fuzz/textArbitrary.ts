import fc from 'fast-check';
import { type Schema } from './schema.ts';

const USUAL_LENGTH = 24;
const CLEAN = /^\^\[\^(\\u[0-9a-f]{4}|-)+\]\*\$$/; // a text without control characters, as the description says it

/** Texts that a schema lets pass: of its format, its pattern, its length; now and then as long as may be. */
export function textArbitrary(schema: Schema): fc.Arbitrary<string> {
  const { format, pattern, examples = [], minLength = 0, maxLength = 255 } = schema;
  const given = examples.filter((example) => typeof example === 'string');
  const usual =
    format === 'date-time'
      ? moment
      : pattern === undefined || CLEAN.test(pattern)
        ? freeText(minLength, maxLength)
        : patterned(pattern);
  if (given.length === 0) return usual;
  return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...given) }, { weight: 1, arbitrary: usual });
}

// Made once: each takes tables of all of Unicode.
const plainSign = fc.constantFrom(...Array.from('abcdefghij klmnop-_.0123456789'));
const anySign = fc.string({ unit: 'grapheme-composite', minLength: 1, maxLength: 1 });

const moment = fc
  .date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

function patterned(pattern: string): fc.Arbitrary<string> {
  if (pattern.includes('\\d\\d-\\d\\d$')) return moment.map((date) => date.slice(0, 10));
  return fc.stringMatching(new RegExp(pattern), { size: 'xsmall' });
}

function freeText(minLength: number, maxLength: number): fc.Arbitrary<string> {
  const usual = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, USUAL_LENGTH)) };
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.string({ ...usual, unit: plainSign }),
    },
    { weight: 3, arbitrary: fc.string({ ...usual, unit: anySign }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('x'.repeat(Math.min(maxLength, 20_000)), 'ä'.repeat(Math.max(1, minLength))),
    },
  );
}
