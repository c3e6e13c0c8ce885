import { refuseDepth } from './refuseDepth.ts';

const check = (json: string) => () => refuseDepth(Buffer.from(json));
const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;

it('takes 40 levels, and not 42', () => {
  expect(check(nested(40))).not.toThrow();
  expect(check(nested(42))).toThrow('the body is nested deeper than 40 levels');
});

it('counts levels, and not brackets', () => {
  expect(check(`[${'[],{},'.repeat(1_000)}1]`)).not.toThrow();
});

it.each(['[', '{', '\\"[', '\\\\\\"[', '\u3b5b['])('passes over %s within a text', (bracket) => {
  expect(check(`{"a":"${bracket.repeat(100)}"}`)).not.toThrow();
});

it.each(['\\\\', '\u00e9', ''])('goes on counting after the text "%s"', (text) => {
  expect(check(`["${text}",${'['.repeat(41)}`)).toThrow('nested deeper');
});

it('copes with a text without an end', () => {
  expect(check('{"a\\')).not.toThrow();
});
