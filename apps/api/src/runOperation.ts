import { type Request, type RequestHandler, type Response } from 'express';
import { type Fault } from '@muster/core/errors';
import { type Dto } from '@muster/core/fields';
import { type Examined, examine } from '@muster/core/valid';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { answer } from './answer.ts';
import { answerOnce, fingerprintOf, idempotencyKeyIn } from './answerOnce.ts';
import { callerOf } from './authenticate.ts';
import { collectFaults } from './collectFaults.ts';
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
    const { found, ...input } = await readInput(operation, req);
    const faults = collectFaults(found);
    const once = onceFor(company, req, res);
    let answered: Reply | undefined;
    const call: Omit<Call, 'company'> = {
      ...input,
      faults,
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
      faults.throwAny(); // nothing is written of an input that is wrong, even if the operation did not ask
      return answered ?? answer(operation.answer, given, req);
    };
    const reply = await replyTo(operation, {
      ...{ company, perform, once, body: JSON.stringify(input.body) },
      isFaulty: found.length > 0,
    });
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
  /** Not all of the body is there: no answer is kept for it, which stands for the whole. */
  isFaulty: boolean;
}

function replyTo(
  operation: Operation,
  { company, perform, once, body, isFaulty }: Performance,
): Promise<Reply | undefined> {
  if (!operation.writes) return perform(company);
  if (!operation.keepsAnswer || isFaulty) return company.transaction(perform);
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

/** Throws InvalidInput unless all is well, or the operation can find more in what is. */
async function readInput({ query, body, checksMore }: Operation, req: Request) {
  const asked = await examined(query, req.query);
  const sent =
    body && ('bytes' in body || body.streamed)
      ? NO_BODY
      : await examinedBody(body, (req.body as object | undefined) ?? {});
  const found = [...asked.faults.map(inQuery), ...sent.faults];
  if (!checksMore || !asked.value || !sent.value) collectFaults(found).throwAny();
  return { query: asked.value ?? {}, body: sent.value ?? {}, found };
}

/** Says of a field that is missing where it belongs. */
function inQuery(fault: Fault): Fault {
  if (fault.code !== 'required') return fault;
  return { ...fault, message: `is missing: it belongs in the address, as ?${fault.field}=…` };
}

const NO_BODY: Examined<object> = { value: {}, faults: [] }; // the operation reads it itself

async function examinedBody(body: JsonBody<Dto> | undefined, content: object): Promise<Examined<object>> {
  const { json, asList } = body ?? {};
  if (asList === undefined) return examined(json, content);
  const { value, faults } = await examined(json, { [asList]: content });
  // the list is the whole body: the field that it stands in is nothing that the caller knows
  return { value, faults: faults.map((fault) => ({ ...fault, field: fault.field.slice(asList.length) })) };
}

async function examined(dto: Dto | undefined, input: object): Promise<Examined<object>> {
  if (dto) return examine(dto, input);
  const unknown = Array.isArray(input) ? [''] : Object.keys(input);
  const message = 'is not a known field: there are none here';
  const faults = unknown.slice(0, 20).map((field) => ({ field: shown(field), code: 'unknownField', message }));
  return { value: {}, faults };
}

function shown(field: string) {
  return field.slice(0, 200).replaceAll(/[\p{C}]/gu, '?');
}
