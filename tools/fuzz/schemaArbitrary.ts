import fc from 'fast-check';
import { hostileText, hostileValue } from './hostileValues.ts';
import { referredTo, type Schema, type Schemas } from './schema.ts';
import { textArbitrary } from './textArbitrary.ts';

export interface Making {
  /** What schemas refer to. */
  schemas: Schemas;
  /** Values of a field that the schema alone cannot tell: an address, a schedule. Undefined: the schema tells enough. */
  hintFor?: (name: string, schema: Schema) => fc.Arbitrary<unknown> | undefined;
  /** How many of 100 values are one too long, one too many, one too small. */
  astray?: number;
}

type Any = fc.Arbitrary<unknown>;
const MOST_ITEMS = 4;
const MOST_LEVELS = 8;

/** Values that a schema lets pass, or that look like it: rules beyond the schema are known by hints only. */
export function schemaArbitrary(schema: Schema, making: Making, { name = '', level = 0 } = {}): Any {
  const place = { name, level };
  if (level > MOST_LEVELS) return fc.constant(null);
  if (schema.$ref !== undefined) return schemaArbitrary(referredTo(schema.$ref, making.schemas).schema, making, place);
  const hint = making.hintFor?.(name, schema);
  if (hint) return isNullable(schema) ? withNull(hint) : hint;
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => schemaArbitrary(choice, making, place)));
  if (Array.isArray(schema.type)) {
    const [first = 'null', ...others] = schema.type;
    const of = (type: string) => typedArbitrary({ ...schema, type }, making, place);
    return others.length === 1 && others[0] === 'null' ? withNull(of(first)) : fc.oneof(...schema.type.map(of));
  }
  return typedArbitrary(schema, making, place);
}

interface Place {
  name: string;
  level: number;
}

function typedArbitrary(schema: Schema, making: Making, place: Place): Any {
  switch (String(schema.type)) {
    case 'string':
      return astray(textArbitrary(schema), textAstray(schema), making);
    case 'integer':
    case 'number':
      return astray(numberArbitrary(schema), fc.constantFrom(...numbersAstray(schema)), making);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return listArbitrary(schema, making, place);
    case 'object':
      return objectArbitrary(schema, making, place);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function textAstray({ minLength = 0, maxLength }: Schema): Any {
  const lengths = [minLength - 1, (maxLength ?? 255) + 1].filter((length) => length >= 0 && length <= 20_001);
  return lengths.length === 0
    ? hostileText
    : fc.oneof(hostileText, fc.constantFrom(...lengths.map((n) => 'x'.repeat(n))));
}

function numberArbitrary({ type, minimum, maximum }: Schema): Any {
  const [min, max] = [minimum ?? -1_000_000, maximum ?? 1_000_000];
  if (type === 'number') return fc.double({ min, max, noNaN: true });
  return fc.oneof(
    fc.integer({ min, max: Math.min(max, min + 20) }),
    fc.integer({ min, max }),
    fc.constantFrom(min, max),
  );
}

function numbersAstray({ minimum = -1e6, maximum = 1e6 }: Schema): number[] {
  return [minimum - 1, maximum + 1, minimum + 0.5, -0, 2 ** 53 + 2];
}

function listArbitrary(schema: Schema, making: Making, { name, level }: Place): Any {
  const { items = {}, minItems = 0, maxItems = MOST_ITEMS, uniqueItems = false } = schema;
  const item = schemaArbitrary(items, making, { name, level: level + 1 });
  const lengths = { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, MOST_ITEMS)) };
  const list = uniqueItems
    ? fc.uniqueArray(item, { ...lengths, comparator: (a, b) => JSON.stringify(a) === JSON.stringify(b) })
    : fc.array(item, lengths);
  const tooLong = fc.tuple(item).map(([one]) => Array.from({ length: Math.min(maxItems, 600) + 1 }, () => one));
  return astray(list, fc.oneof(fc.constant([]), tooLong), making);
}

function objectArbitrary(schema: Schema, making: Making, { level }: Place): Any {
  const { properties, required = [], additionalProperties } = schema;
  if (!properties) return dictionary(schema, making, level);
  const known = Object.entries(properties).filter(
    ([, { readOnly }]) => readOnly !== true || making.astray !== undefined,
  );
  const fields = Object.fromEntries(
    known.map(([name, field]) => [name, schemaArbitrary(field, making, { name, level: level + 1 })]),
  );
  const object = fc.record(fields, { requiredKeys: required.filter((name) => name in fields) });
  if (additionalProperties !== false) return object;
  const withMore = fc.tuple(object, hostileText, hostileValue).map(([whole, key, value]) => withOwn(whole, key, value));
  return astray(object, withMore, making);
}

function dictionary({ propertyNames, additionalProperties, maxProperties = 3 }: Schema, making: Making, level: number) {
  const key = textArbitrary({ minLength: 1, maxLength: 20, ...propertyNames });
  const value =
    typeof additionalProperties === 'object'
      ? schemaArbitrary(additionalProperties, making, { name: '', level: level + 1 })
      : fc.oneof(textArbitrary({ maxLength: 30 }), fc.integer(), fc.boolean(), fc.constant(null));
  return fc.dictionary(key, value, { maxKeys: Math.min(maxProperties, 3), noNullPrototype: true });
}

/** The same object with one field more; `__proto__` becomes a field like any other. */
export function withOwn(object: object, key: string, value: unknown): object {
  const copy = { ...object };
  Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}

function astray(straight: Any, off: Any, { astray: percent }: Making): Any {
  if (percent === undefined) return straight;
  return fc.oneof({ weight: 100 - percent, arbitrary: straight }, { weight: percent, arbitrary: off });
}

function withNull(of: Any): Any {
  return fc.oneof({ weight: 5, arbitrary: of }, { weight: 1, arbitrary: fc.constant(null) });
}

function isNullable({ type, anyOf }: Schema) {
  return (Array.isArray(type) && type.includes('null')) || (anyOf?.some((choice) => choice.type === 'null') ?? false);
}
