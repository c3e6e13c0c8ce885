import { type Fault, InvalidInput } from '@muster/core/errors';
import { valid } from '@muster/core/valid';
import { type ClassConstructor } from '@muster/core/validation';

/** One of those that a body has: well-formed, or what is wrong with it. */
export type Entry<T> = { path: string } & ({ value: T } | { given: unknown; faults: Fault[] });

interface Expected<T> {
  of: ClassConstructor<T>;
  /** In one body. */
  most: number;
}

/**
 * Checks each of those that a body has: one, or a list of them. One that is wrong leaves the others as they are. `path` is
 * what stands before the names of its fields. Throws InvalidInput where there are none, or too many.
 */
export function readEntries<T extends object>(content: unknown, { of, most }: Expected<T>): Promise<Entry<T>[]> {
  const isList = Array.isArray(content);
  const list: unknown[] = isList ? content : [content];
  if (list.length === 0 || list.length > most) {
    throw new InvalidInput([
      { field: '', code: 'wrongLength', message: `the body must be a list of 1 to ${most} objects` },
    ]);
  }
  return Promise.all(list.map((given, at) => readEntry(given, { of, path: isList ? `[${at}]` : '' })));
}

async function readEntry<T extends object>(
  given: unknown,
  { of, path }: { of: ClassConstructor<T>; path: string },
): Promise<Entry<T>> {
  const before = path === '' ? '' : `${path}.`;
  try {
    return { path: before, value: await valid(of, given) };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const faults = error.faults.map((fault) => ({ ...fault, field: fault.field === '' ? path : before + fault.field }));
    return { path: before, given, faults };
  }
}
