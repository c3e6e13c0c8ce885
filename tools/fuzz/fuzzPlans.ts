import fc from 'fast-check';
import { type DescribedOperation } from './describedOperations.ts';
import { type Plan, planArbitrary, rightPlan } from './planArbitrary.ts';
import { type Schemas } from './schema.ts';

/** What can be asked of an API. */
export interface Plans {
  /** Requests of all operations. */
  any: fc.Arbitrary<Plan>;
  /** Right requests of the operations that make objects, in the order of the description. */
  makers: fc.Arbitrary<Plan>[];
  /** Right requests of each operation, by its name. */
  right: Map<string, fc.Arbitrary<Plan>>;
}

/** Whatever is made should not be gone at once. */
const WEIGHTS: Record<string, number> = { POST: 5, DELETE: 1 };
const OTHERS = 3;

/** What can be asked of an API with these operations. */
export function fuzzPlans(operations: readonly DescribedOperation[], schemas: Schemas): Plans {
  const right = new Map(operations.map((operation) => [operation.name, rightPlan(operation, schemas)]));
  const makers = operations.filter(({ method, path }) => method === 'POST' && !path.startsWith('/companies'));
  const any = operations.map((operation) => ({
    weight: WEIGHTS[operation.method] ?? OTHERS,
    arbitrary: planArbitrary(operation, schemas),
  }));
  return { any: fc.oneof(...any), makers: makers.flatMap(({ name }) => right.get(name) ?? []), right };
}

/** Right requests that make objects, some of each kind. */
export function beginning({ makers }: Plans, seed: number): Plan[] {
  return makers.flatMap((plans) => fc.sample(plans, { seed, numRuns: 6 }));
}
