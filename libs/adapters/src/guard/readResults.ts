import { type OutsideAnswer } from '@muster/pipeline/outsideGuard';
import { guardMalformed } from './guardFailures.ts';
import { reasonCodes } from './reasonCodes.ts';

interface Asked {
  host: string;
  refs: readonly string[];
}

type Told = Record<string, unknown>;

/**
 * The answers in a guard's body, by ref: `{"results": [{"ref", "result", "reasons"}]}`. Only a result that is true allows.
 * Throws PermanentFailure `outsideGuardMalformed` where it is anything else, answers what was not asked, or contradicts
 * itself: then nothing of it can be believed.
 */
export function readResults(text: string, { host, refs }: Asked): Map<string, OutsideAnswer> {
  const asked = new Set(refs);
  const answers = new Map<string, OutsideAnswer>();
  for (const told of resultsIn(text, { host, refs })) {
    const { ref, result, reasons = null } = told;
    if (typeof ref !== 'string') throw guardMalformed(host, 'gives a result whose ref is no text');
    if (!asked.has(ref)) throw guardMalformed(host, 'gives a result for a ref that was not asked for');
    if (reasons !== null && !Array.isArray(reasons)) throw guardMalformed(host, 'gives reasons that are no list');
    const allowed = result === true;
    if ((answers.get(ref)?.allowed ?? allowed) !== allowed) throw guardMalformed(host, 'gives two results for one ref');
    answers.set(ref, { allowed, said: typeof result === 'boolean' ? reasonCodes(reasons ?? []) : 'resultNotBoolean' });
  }
  return answers;
}

function resultsIn(text: string, { host, refs }: Asked): Told[] {
  const body = parse(text, host);
  const results: unknown = isObject(body) ? body['results'] : undefined;
  if (!Array.isArray(results)) throw guardMalformed(host, 'answers without a list of results');
  if (results.length > refs.length) throw guardMalformed(host, 'gives more results than it was asked for');
  return results.map((told: unknown) => {
    if (isObject(told)) return told;
    throw guardMalformed(host, 'gives a result that is no object');
  });
}

function parse(text: string, host: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw guardMalformed(host, 'answers with what is no JSON');
  }
}

function isObject(value: unknown): value is Told {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
