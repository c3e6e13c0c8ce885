import { type ColumnSetting, type ContactMatchingCriteria, exportableFields } from './contactExporter.ts';
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

/** Two columns must not bear one name: whoever loads the file could not tell them apart. */
export function refuseColumnNames(columns: readonly ColumnSetting[]): Refusal | undefined {
  const names = columns.map(({ field, outputName }) => outputName ?? field);
  const at = names.findIndex((name, index) => names.indexOf(name) < index);
  if (at < 0) return undefined;
  const message = `columns ${names.indexOf(names[at] ?? '') + 1} and ${at + 1} bear the same name; give one of them another outputName`;
  return { code: 'uniqueOutputNames', message };
}

/** Without any criterion every contact of a borrower would match, archived ones aside: that is no choice. */
export function refuseCriteria(criteria: ContactMatchingCriteria): Refusal | undefined {
  const { label, contactType, affiliation, status } = criteria;
  if ([label, contactType, affiliation, status].some((values) => values !== undefined)) return undefined;
  return { code: 'criteriaMissing', message: 'must hold at least one of label, contactType, affiliation, status' };
}
