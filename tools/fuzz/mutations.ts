import fc from 'fast-check';
import { isContainer, isMention, mention } from './draft.ts';
import { hostileText, hostileValue } from './hostileValues.ts';
import { withOwn } from './schemaArbitrary.ts';

/** One thing that is done to a value, at one place of it. */
export interface Mutation {
  kind: 'replace' | 'remove' | 'null' | 'add' | 'wrap' | 'foreign' | 'nobody';
  place: number;
  key: string;
  value: unknown;
}

/** What makes a near miss of a value that is right. */
export const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('replace', 'replace', 'remove', 'null', 'add', 'wrap', 'foreign', 'nobody'),
  place: fc.nat(200),
  key: hostileText,
  value: hostileValue,
});

/** The value with a mutation in it; undefined: nothing is left of it. */
export function mutate(value: unknown, mutation: Mutation): unknown {
  const places = placesIn(value);
  const place = places[mutation.place % places.length] ?? [];
  const after = changeAt(value, place, (old) => changed(old, place, mutation));
  return after === GONE ? undefined : after;
}

type Place = (string | number)[];
const GONE = Symbol('gone');

function placesIn(value: unknown, place: Place = []): Place[] {
  if (!isContainer(value)) return [place];
  const children = Array.isArray(value) ? value.map((child, at) => [at, child] as const) : Object.entries(value);
  return [place, ...children.flatMap(([key, child]) => placesIn(child, [...place, key]))];
}

function changed(old: unknown, place: Place, { kind, key, value, place: pick }: Mutation): unknown {
  switch (kind) {
    case 'replace':
      return value;
    case 'remove':
      return GONE;
    case 'null':
      return null;
    case 'wrap':
      return [old];
    case 'add':
      if (Array.isArray(old)) return [...(old as readonly unknown[]), value];
      return isContainer(old) ? withOwn(old, key, value) : value;
    case 'foreign':
    case 'nobody': {
      const whose = kind === 'foreign' ? 'other' : 'nobody';
      const name = isMention(old) ? old.name : String(place.at(-1) ?? 'id');
      return mention({ name, whose, by: pick % 3 === 0 ? 'external' : 'id', pick });
    }
  }
}

function changeAt(value: unknown, [key, ...rest]: Place, change: (old: unknown) => unknown): unknown {
  if (key === undefined || !isContainer(value)) return change(value);
  if (Array.isArray(value)) {
    return value.flatMap((child, at) => {
      const after = at === key ? changeAt(child, rest, change) : child;
      return after === GONE ? [] : [after];
    });
  }
  const after = changeAt(value[key], rest, change);
  if (after !== GONE) return withOwn(value, String(key), after);
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}
