import { type RequestHandler } from 'express';
import { InvalidInput, NotFound } from '@muster/core/errors';
import { type Dto } from '@muster/core/fields';
import { valid } from '@muster/core/valid';
import { callerOf } from '../authenticate.ts';
import { collectFaults } from '../collectFaults.ts';
import { type ApiDeps } from '../deps.ts';
import { requestIdOf } from '../identifyRequest.ts';
import { organisationIn } from './authenticateRaw.ts';
import { readEntries } from './readEntries.ts';
import { type SmsBody, type SmsOperation } from './smsOperation.ts';

/** Checks what comes in, does the operation, commits, answers. */
export function runSmsOperation({ db, log }: Pick<ApiDeps, 'db' | 'log'>, operation: SmsOperation): RequestHandler {
  return async (req, res) => {
    const caller = callerOf(res);
    const company = db.forCompany(caller.companyId);
    const later: (() => unknown)[] = [];
    const call = {
      ...{ caller, organisation: organisationIn(res), requestId: requestIdOf(res) },
      params: guidsIn(req.params as Record<string, string>, operation),
      query: operation.query ? await valid(operation.query, req.query) : nothing(req.query),
      body: await bodyIn(operation.body, req.body),
      faults: collectFaults([]),
      afterwards: (work: () => unknown) => void later.push(work),
    };
    const perform = async (rows: typeof company) => {
      const given = await operation.handle({ ...call, company: rows });
      call.faults.throwAny(); // nothing is written of an input that is wrong
      return given;
    };
    const answered = await (operation.writes ? company.transaction(perform) : perform(company));
    res.status(('object' in operation.answer && operation.answer.status) || 200).json(answered);
    for (const work of later) {
      Promise.resolve()
        .then(work)
        .catch(() => log.warn('afterwards.failed', { requestId: requestIdOf(res), operation: operation.name }));
    }
  };
}

/** Of an operation without query, or without body: there is nothing to be said. */
function nothing(input: object): object {
  const [field] = Object.keys(input);
  if (field === undefined) return {};
  throw new InvalidInput([
    { field: shown(field), code: 'unknownField', message: 'is not a known field: there are none here' },
  ]);
}

/** What a client has sent, as it may be written back. */
function shown(text: string) {
  return text.slice(0, 200).replaceAll(/[\p{C}]/gu, '?');
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What is no guid names nothing: it is answered as one that nobody has, by what was sent. */
function guidsIn(params: Record<string, string>, { refusals = [] }: SmsOperation) {
  for (const [name, text] of Object.entries(params)) {
    const missing = refusals.find((refusal) => refusal.endsWith('NotFound'));
    if (GUID.test(text) || missing === undefined) continue;
    const what = missing.slice(0, -'NotFound'.length);
    throw new NotFound(missing, `there is no ${what} ${shown(text)}: ${name} is a guid`);
  }
  return params;
}

async function bodyIn(body: SmsBody<Dto> | undefined, content: unknown): Promise<object> {
  if (!body) return nothing(content ?? {});
  if (content === undefined) {
    throw new InvalidInput([{ field: '', code: 'required', message: 'the body is missing: send a JSON object' }]);
  }
  return body.most === undefined
    ? valid(body.json, content)
    : { list: await readEntries(content, { of: body.json, most: body.most }) };
}
