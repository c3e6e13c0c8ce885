import { createHash } from 'node:crypto';
import { PermanentFailure } from '@muster/core/errors';
import { type ContactExporterSettings } from '@muster/core/contactExporter';
import { type Matching } from '@muster/pipeline/ports';
import { exportFields, queryField } from './exportFields.ts';
import { type Judgement } from './guard/judge.ts';
import { quoteLiteral } from './sqlText.ts';

/** How a matching's columns lie in the cache: each field once, as f1 … fn; what is the same in every row is not kept. */
export interface MatchPlan {
  fields: string[];
  /** SQL for each field while matching. */
  expressions: string[];
  /** SQL for each column of the contacts file, read from the cache. */
  outputs: string[];
  /** The names of those columns. */
  header: string[];
  /** Which of person p, loan l and the query's row q are needed for it. */
  joins: { person: boolean; loan: boolean; query: boolean };
  /** Says what the cache holds, so that it is never printed by the columns of another exporter. */
  marker: string;
}

/** The guard's hours, as SQL; null where nobody is screened. */
type Window = Pick<Judgement, 'callFrom' | 'callUntil'>;

/**
 * Plans the cache and the file; only to match, the window must be known. Throws PermanentFailure `columnMissing` where the
 * query does not give a column.
 */
export function planMatch(matching: Matching, window?: Window): MatchPlan {
  const { columnSettings } = matching.exporter;
  const constants = constantFields(matching);
  const fields = [...new Set(columnSettings.map(({ field }) => field))].filter((field) => !(field in constants));
  const expressions = fields.map((field) => windowField(field, window) ?? expressionOf(field, matching.queryColumns));
  const outputs = columnSettings.map(({ field }) => constants[field] ?? `f${fields.indexOf(field) + 1}`);
  return {
    fields,
    expressions,
    // a single cell that is empty would make a blank line, which readers skip: "" it is
    outputs: outputs.length === 1 ? outputs.map((cell) => `coalesce(${cell}::text, '')`) : outputs,
    header: columnSettings.map(({ field, outputName }) => outputName ?? field),
    joins: {
      person: fields.some((field) => field.startsWith('person.') && field !== 'person.displayId'),
      loan: fields.some((field) => field.startsWith('loan.') && field !== 'loan.displayId'),
      query: fields.some((field) => field.startsWith('query.')),
    },
    marker: createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 32),
  };
}

/** SQL for the exporter's criteria: AND between the attributes, OR within one; archived only where asked for. */
export function criteriaOf({ contactMatchingCriteria }: ContactExporterSettings): string {
  const { contactType, label, affiliation, status } = contactMatchingCriteria;
  const lists = { contact_type: contactType, label, affiliation, status };
  const conditions = Object.entries(lists).flatMap(([column, values]) =>
    values ? [`c.${column} in (${values.map(quoteLiteral).join(', ')})`] : [],
  );
  if (!status) conditions.push(`c.status <> 'archived'`);
  return conditions.join(' and ');
}

function expressionOf(field: string, queryColumns: readonly string[]) {
  if (field in exportFields) return exportFields[field as keyof typeof exportFields];
  const column = field.startsWith('query.') ? field.slice('query.'.length) : undefined;
  const position = column === undefined ? -1 : queryColumns.indexOf(column);
  if (position >= 0) return queryField(position);
  const say = `the exporter prints "${field}", but the rows have no such column: add it to the query, or to the rows handed in, or take it out of the exporter`;
  throw new PermanentFailure('columnMissing', say, { details: { column: column ?? field } });
}

/** From when to when the contact may be used that day; empty where nobody asked. */
function windowField(field: string, window?: Window) {
  if (field === 'screening.callFrom') return window?.callFrom ?? 'null::text';
  if (field === 'screening.callUntil') return window?.callUntil ?? 'null::text';
  return undefined;
}

function constantFields({ run, exporter, now }: Matching): Record<string, string> {
  return {
    'run.id': quoteLiteral(run.id),
    'run.campaignId': quoteLiteral(run.campaignId),
    'run.startedAt': quoteLiteral(run.startedAt.toISOString()),
    'screening.checkedAt': exporter.checkCanInteractData ? quoteLiteral(now.toISOString()) : 'null',
  };
}
