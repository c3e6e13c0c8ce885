import { PermanentFailure } from '@muster/core/errors';
import { type QueryAddress } from '@muster/core/redashQueryUrl';
import { type ParameterValues } from './redashCalls.ts';

/** What Redash tells of a saved query, as far as we need it. */
interface Definition {
  query?: unknown;
  options?: { parameters?: unknown } | null;
}

interface Parameter {
  name: string;
  type?: unknown;
  value?: unknown;
  multiValuesOptions?: unknown;
}

/** The values to execute with, and those texts that must occur in the statement that was executed. */
export interface Parameters {
  values: ParameterValues;
  texts: string[];
}

const DYNAMIC = /^d_[a-z0-9_]+$/;

/** Values from the query's address, else the stored defaults: the server does not fill in any itself. */
export function parameterValues(address: QueryAddress, definition: unknown): Parameters {
  const { options, query } = (definition ?? {}) as Definition;
  const defined = Array.isArray(options?.parameters) ? (options.parameters as Parameter[]) : [];
  const given = new Map(address.parameters);
  const entries = defined.map((parameter): [string, unknown] => [parameter.name, valueOf(parameter, given)]);
  // Names that the query does not know go along as they are: Redash says so in its answer.
  const names = new Set(defined.flatMap(({ name }) => [name, `${name}.start`, `${name}.end`]));
  entries.push(...address.parameters.filter(([name]) => !names.has(name)));
  return { values: Object.fromEntries(entries), texts: textsOf(entries, typeof query === 'string' ? query : '') };
}

function valueOf(parameter: Parameter, given: Map<string, string>): unknown {
  const { name, type } = parameter;
  const isDate = typeof type === 'string' && type.startsWith('date');
  const value = givenValue(parameter, given) ?? parameter.value;
  // Only a browser, in its own time zone, knows what day "d_yesterday" is; the server refuses it.
  if (value === undefined || value === null || (isDate && typeof value === 'string' && DYNAMIC.test(value))) {
    throw new PermanentFailure(
      'redashParameterMissing',
      `The query's parameter "${name}" has no fixed value: write p_${name}=… into its address.`,
      { details: { parameter: name } },
    );
  }
  return value;
}

function givenValue({ name, type, multiValuesOptions }: Parameter, given: Map<string, string>): unknown {
  const text = given.get(name);
  if (typeof type === 'string' && type.includes('range')) {
    const [start, end] = text?.split('--') ?? [given.get(`${name}.start`), given.get(`${name}.end`)];
    return start !== undefined && end !== undefined ? { start, end } : text;
  }
  if (typeof multiValuesOptions !== 'object' || multiValuesOptions === null || !text?.startsWith('[')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * Up to version 10 Redash takes two statements for the same that differ in white space or capitals only, and gives one
 * the rows of the other. So each value must be found in the statement that was executed.
 */
function textsOf(entries: [string, unknown][], query: string): string[] {
  const used = entries.filter(([name]) => query.includes(`{{${name}}}`) || query.includes(`{{ ${name} }}`));
  return used.flatMap(([, value]) => (typeof value === 'string' || typeof value === 'number' ? [String(value)] : []));
}
