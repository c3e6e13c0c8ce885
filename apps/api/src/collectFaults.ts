import { type Fault, InvalidInput, type NotFound } from '@muster/core/errors';

/** What is known to be wrong with an input while it is still being checked. */
export interface Faults {
  /** Adds a fault, unless its field is known to be faulty. */
  add(fault: Fault): void;
  /** Adds that what a field names is not there: alone, it is thrown as it is. */
  addMissing(field: string, error: NotFound): void;
  /** Whether one of these fields is known to be faulty, or what it stands in, or what stands in it. */
  has(...fields: string[]): boolean;
  /** Throws InvalidInput with all of them, if there are any. */
  throwAny(): void;
}

/** Collects what is wrong with an input, beginning with the `found` faults of its form: all of it is told at once. */
export function collectFaults(found: Fault[]): Faults {
  const faults = [...found];
  let missing: NotFound | undefined;
  const has = (...fields: string[]) => fields.some((field) => faults.some((fault) => isFaulty(field, fault)));
  const add = (fault: Fault) => {
    if (!has(fault.field)) faults.push(fault);
  };
  return {
    add,
    addMissing: (field, error) => {
      missing = error;
      add({ field, code: error.code, message: error.message });
    },
    has,
    throwAny: () => {
      if (missing && faults.length === 1) throw missing;
      if (faults.length > 0) throw new InvalidInput(faults);
    },
  };
}

/** Unknown fields are ignored by the checks that follow: they make nothing faulty. */
function isFaulty(field: string, { field: faulty, code }: Fault): boolean {
  if (code === 'unknownField') return false;
  return faulty === '' || faulty === field || isWithin(field, faulty) || isWithin(faulty, field);
}

function isWithin(inner: string, outer: string) {
  return inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
}
