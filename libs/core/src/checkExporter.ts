import { type ContactMatchingCriteria, exportableFields } from './contactExporter.ts';
import { type Fault } from './errors.ts';
import { type Refusal } from './fields.ts';
import { nearest } from './nearest.ts';

const QUERY = 'query.';

/** What is wrong with the name of a field that a column shall show. */
export function refuseColumnField(field: string): Refusal | undefined {
  if ((exportableFields as readonly string[]).includes(field)) return undefined;
  if (field.startsWith(QUERY) && field.length > QUERY.length) return undefined;
  const meant = nearest(field, [...exportableFields, QUERY]);
  const hint =
    meant === undefined || meant === QUERY
      ? 'columns of the query are written query.<column>'
      : `did you mean ${meant}?`;
  return { code: 'unknownColumnField', message: `names no field that can be exported; ${hint}` };
}

// What a spreadsheet takes for the beginning of a formula, also full-width.
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;
// Characters that turn the direction of a text or are not seen at all: two headers could look alike, or like another one.
const UNSEEN = /[\u202A-\u202E\u2066-\u2069\u200B-\u200F\uFEFF]/;

/** What is wrong with the name that a column shall bear in the file's first line. */
export function refuseOutputName(name: string): Refusal | undefined {
  if (UNSEEN.test(name)) {
    const message = 'holds characters that nobody sees, or that turn the direction of the text: write it without them';
    return { code: 'unseenCharacters', message };
  }
  if (name.trim() === '')
    return { code: 'blankName', message: 'is blank: write a name, or leave it out for the field\u2019s' };
  if (!FORMULA.test(name.trimStart())) return undefined;
  const message = 'must not begin with =, +, - or @: a spreadsheet would run it as a formula; begin it with a letter';
  return { code: 'formulaName', message };
}

/** Two columns must not bear one name: whoever loads the file could not tell them apart. */
export function faultsOfColumnNames(columns: readonly unknown[]): Fault[] {
  const firstOf = new Map<string, number>();
  return columns.flatMap((column, at) => {
    const { field, outputName } = (column ?? {}) as Record<string, unknown>;
    const name = outputName ?? field;
    if (typeof name !== 'string') return [];
    const first = firstOf.get(name) ?? at;
    firstOf.set(name, first);
    if (first === at) return [];
    const message = `columns ${first + 1} and ${at + 1} bear the same name; give one of them another outputName`;
    return [{ field: `[${at}].outputName`, code: 'uniqueOutputNames', message }];
  });
}

/** Without any criterion every contact of a borrower would match, archived ones aside: that is no choice. */
export function refuseCriteria(criteria: ContactMatchingCriteria): Refusal | undefined {
  const { label, contactType, affiliation, status } = criteria;
  if ([label, contactType, affiliation, status].some((values) => values !== undefined)) return undefined;
  return { code: 'criteriaMissing', message: 'must hold at least one of label, contactType, affiliation, status' };
}
