import { InvalidInput } from '@muster/core/errors';

/** A record of 1 MB is no row, but a quote that nobody closed. In characters. */
export const MOST_LINE_LENGTH = 1_000_000;

/** The refusal of a whole file, for what is wrong at one of its lines (the first is 1). */
export function fileFault(line: number, code: string, message: string): InvalidInput {
  return new InvalidInput([{ field: `line ${line}`, code, message }]);
}
