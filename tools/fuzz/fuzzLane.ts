import { type Agent } from 'node:http';
import fc from 'fast-check';
import { asCurl } from './asCurl.ts';
import { type DescribedOperation } from './describedOperations.ts';
import { type AnswerCheck, judgeAnswer, parsed } from './judgeAnswer.ts';
import { beginning, type Plans } from './fuzzPlans.ts';
import { type Plan } from './planArbitrary.ts';
import { requestOf, type World } from './requestOf.ts';
import { type HttpAnswer, sendRequest } from './sendRequest.ts';

export interface Finding {
  operation: string;
  /** What was wrong, in a sentence. */
  what: string;
  /** The request, as a line for a shell. */
  curl: string;
  /** The beginning of what was answered. */
  answer: string;
  requestId: string | undefined;
  seed: number;
}

export interface Lane {
  url: string;
  plans: Plans;
  check: AnswerCheck;
  world: World;
  connection: Agent;
  /** How many requests are sent; a few more where a finding is made smaller. */
  requests: number;
  seed: number;
  deadlineMs: number;
  /** Called after each answer; `status` 0: there was none. */
  count(operation: DescribedOperation, status: number, isRight: boolean): void;
  /** Lets the rest of the world go on: called every now and then. */
  stir(): Promise<void>;
}

const STIR_EVERY = 40;
const MOST_SHRINKS = 60;
const MOST_FINDINGS = 25;

/** Sends requests one after another, each made of the lane's own numbers; gives what was wrong, each thing once. */
export async function fuzzLane(lane: Lane): Promise<Finding[]> {
  const findings = new Map<string, Finding>();
  let sent = 0;
  let left = Infinity; // further tries to make a finding smaller
  const property = fc.asyncProperty(lane.plans.any, async (plan) => {
    if (left <= 0) return;
    left -= 1;
    sent += 1;
    if (sent % STIR_EVERY === 0) await lane.stir();
    const finding = await tryPlan(plan, lane);
    if (!finding || findings.has(signatureOf(finding))) return;
    if (left === Infinity) left = MOST_SHRINKS;
    smallest = finding;
    throw new Error(finding.what);
  });
  let smallest: Finding | undefined;
  for (const plan of beginning(lane.plans, lane.seed)) {
    sent += 1;
    const finding = await tryPlan(plan, lane);
    if (finding) findings.set(signatureOf(finding), finding);
  }
  for (let round = 0; sent < lane.requests && findings.size < MOST_FINDINGS; round++) {
    [smallest, left] = [undefined, Infinity];
    const outcome = await fc.check(property, { seed: lane.seed + round, numRuns: lane.requests - sent });
    const finding = smallest as Finding | undefined;
    if (finding) findings.set(signatureOf(finding), finding);
    else if (outcome.failed) throw outcome.errorInstance as Error; // a fault of the fuzzer's own
  }
  return [...findings.values()];
}

/** Sends one request; gives what was wrong. */
export async function tryPlan(plan: Plan, lane: Lane): Promise<Finding | undefined> {
  const { world, connection: agent, url, check } = lane;
  const { request, ids } = requestOf(plan, world);
  const answer = await sendRequest(url, request, { agent, timeoutMs: lane.deadlineMs }).catch(
    (error: unknown) => error as Error,
  );
  const isAnswer = !(answer instanceof Error) && 'status' in answer;
  lane.count(plan.operation, isAnswer ? answer.status : 0, plan.method === undefined);
  const what = isAnswer
    ? judgeAnswer({ request, ids, answer, base: plan.operation.base }, world, check)
    : `gave no answer: ${answer.message}`;
  if (isAnswer && [200, 201].includes(answer.status) && plan.method === undefined) {
    const etag = answer.headers['etag'];
    world.own.pool.learn(plan.operation, {
      params: ids,
      json: parsed(answer.text),
      ...(etag !== undefined && { etag }),
    });
  }
  if (what === undefined) return undefined;
  return {
    operation: plan.operation.name,
    what,
    curl: asCurl(url, request),
    seed: lane.seed,
    ...shown(isAnswer ? answer : undefined),
  };
}

function shown(answer: HttpAnswer | undefined) {
  return { answer: answer?.text.slice(0, 1_000) ?? '', requestId: answer?.headers['x-request-id'] };
}

function signatureOf({ operation, what }: Finding) {
  return `${operation.replace(/OfCompany$/, '')} ${what.replaceAll(/[\d"'].*$/g, '').slice(0, 120)}`;
}
