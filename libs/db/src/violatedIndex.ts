import { codeOf } from '@muster/core/errors';

const UNIQUE_VIOLATION = '23505';

/** The unique index that refused a row, where an error says so. */
export function violatedIndex(error: unknown): string | undefined {
  const { driverError = error } = error as { driverError?: unknown };
  if (codeOf(driverError) !== UNIQUE_VIOLATION) return undefined;
  return (driverError as { constraint?: string }).constraint;
}
