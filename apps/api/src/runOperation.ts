import { type Request, type RequestHandler, type Response } from 'express';
import { InvalidInput } from '@muster/core/errors';
import { type Dto } from '@muster/core/fields';
import { valid } from '@muster/core/valid';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { answer } from './answer.ts';
import { answerOnce, fingerprintOf, idempotencyKeyIn } from './answerOnce.ts';
import { callerOf } from './authenticate.ts';
import { type ApiDeps } from './deps.ts';
import { requireMatch } from './etag.ts';
import { explainError } from './explainError.ts';
import { requestIdOf } from './identifyRequest.ts';
import { inTurn } from './inTurn.ts';
import { type Call, type JsonBody, type Operation } from './operation.ts';
import { type Reply, sendReply } from './reply.ts';

/** Checks what comes in, does the operation, commits, answers. */
export function runOperation({ db, log }: Pick<ApiDeps, 'db' | 'log'>, operation: Operation): RequestHandler {
  return async (req, res) => {
    const company = db.forCompany(callerOf(res).companyId);
    const later: (() => unknown)[] = [];
    const input = await readInput(operation, req);
    const once = onceFor(company, req, res);
    let answered: Reply | undefined;
    const call: Omit<Call, 'company'> = {
      ...input,
      caller: callerOf(res),
      params: req.params as Record<string, string>,
      requestId: requestIdOf(res),
      requireMatch: (view) => requireMatch(req.get('if-match'), view),
      afterwards: (work) => void later.push(work),
      once: async (fingerprint, effect) =>
        (answered = await once(fingerprint, async (tx) => answer(operation.answer, await effect(tx), req) ?? NOTHING)),
      req,
      res,
    };
    const perform = async (rows: CompanyDatabase) => {
      const given = await operation.handle({ ...call, company: rows });
      return answered ?? answer(operation.answer, given, req);
    };
    const reply = await replyTo(operation, { company, perform, once, body: JSON.stringify(input.body) });
    if (reply) sendReply(res, reply);
    for (const work of later) {
      Promise.resolve()
        .then(work)
        .catch(() => log.warn('afterwards.failed', { requestId: requestIdOf(res), operation: operation.name }));
    }
  };
}

const NOTHING: Reply = { status: 200, headers: {}, body: '' };
type Once = (fingerprint: string, effect: (tx: CompanyDatabase) => Promise<Reply>) => Promise<Reply>;

interface Performance {
  company: CompanyDatabase;
  perform: (rows: CompanyDatabase) => Promise<Reply | undefined>;
  once: Once;
  body: string;
}

function replyTo(operation: Operation, { company, perform, once, body }: Performance): Promise<Reply | undefined> {
  if (!operation.writes) return perform(company);
  if (!operation.keepsAnswer) return company.transaction(perform);
  return once(body, async (tx) => (await perform(tx)) ?? NOTHING);
}

/** With an `Idempotency-Key` the effect is had once; without one, each time. */
function onceFor(company: CompanyDatabase, req: Request, res: Response): Once {
  return (body, effect) => {
    const key = idempotencyKeyIn(req);
    if (key === undefined) return company.transaction(effect);
    const refusal = (error: unknown) => {
      const reply = explainError(error, requestIdOf(res));
      return reply.status < 500 ? reply : undefined;
    };
    const fingerprint = fingerprintOf(req, body);
    return inTurn(`${company.companyId} ${key}`, () =>
      company.transaction((tx) => answerOnce(tx, { key, fingerprint, effect, refusal })),
    );
  };
}

async function readInput({ query, body }: Operation, req: Request): Promise<Pick<Call, 'query' | 'body'>> {
  if (body && ('bytes' in body || body.streamed)) return { query: await checked(query, req.query), body: {} };
  return {
    query: await checked(query, req.query),
    body: await checkedBody(body, (req.body as object | undefined) ?? {}),
  };
}

async function checkedBody(body: JsonBody<Dto> | undefined, content: object): Promise<object> {
  const { json, asList } = body ?? {};
  if (asList === undefined) return checked(json, content);
  return checked(json, { [asList]: content }).catch((error: unknown) => {
    if (!(error instanceof InvalidInput)) throw error;
    // the list is the whole body: the field that it stands in is nothing that the caller knows
    throw new InvalidInput(error.faults.map((fault) => ({ ...fault, field: fault.field.slice(asList.length) })));
  });
}

async function checked(dto: Dto | undefined, input: object): Promise<object> {
  if (dto) return valid(dto, input);
  const unknown = Array.isArray(input) ? [''] : Object.keys(input);
  if (unknown.length === 0) return {};
  const message = 'is not a known field: there are none here';
  throw new InvalidInput(unknown.slice(0, 20).map((field) => ({ field: shown(field), code: 'unknownField', message })));
}

function shown(field: string) {
  return field.slice(0, 200).replaceAll(/[\p{C}]/gu, '?');
}
