import { type Fault, InvalidInput } from '@muster/core/errors';
import { nearest } from '@muster/core/nearest';
import { type ImportTable } from './importTable.ts';

/** Fields of the API's answers that are no input: accepted and ignored, so that what was read can be sent back. */
const READ_ONLY = ['createdAt', 'updatedAt', 'deletedAt', 'object', 'companyId', 'displayId', 'statusUpdatedAt'];
export const IGNORED = -1;

/** The positions of a table's fields by name; IGNORED for those that are accepted and not looked at. */
export function knownColumns({ fields }: ImportTable): Map<string, number> {
  return new Map([
    ...READ_ONLY.map((name) => [name, IGNORED] as const),
    ...fields.map(({ name }, at) => [name, at] as const),
  ]);
}

/** The refusal of a file with columns that nobody knows, each with the one that was probably meant. */
export function unknownColumns(unknown: readonly string[], known: Map<string, number>): InvalidInput {
  return new InvalidInput(unknown.slice(0, 20).map((name) => faultOf(name, [...known.keys()])));
}

function faultOf(name: string, known: string[]): Fault {
  const meant = nearest(name, known);
  const hint = meant === undefined ? `known are ${known.join(', ')}` : `did you mean ${meant}?`;
  const field = name.slice(0, 100).replace(/[\p{Cc}\p{Cs}]/gu, '\uFFFD');
  return { field, code: 'unknownField', message: `is no field of these objects: ${hint}` };
}
