import { answerCheck } from '@muster/testing/answerCheck';
import { askUntilRight } from './askUntilRight.ts';
import { type Description, describedOperations } from './describedOperations.ts';
import { type Finding, fuzzLane, type Lane } from './fuzzLane.ts';
import { CANARY, parsed } from './judgeAnswer.ts';
import { objectPool } from './objectPool.ts';
import { beginning, fuzzPlans } from './fuzzPlans.ts';
import { requestOf, type World } from './requestOf.ts';
import { openConnection, sendRequest } from './sendRequest.ts';

export interface FuzzedCompany {
  id: string;
  /** A key for each role. */
  keys: Record<string, string>;
}

export interface FuzzOptions {
  /** Of a server that may be filled with nonsense: `http://127.0.0.1:3000`. */
  url: string;
  /** Its OpenAPI document. */
  document: object;
  /** One a lane: whose requests are sent, and whose objects must not be seen. */
  companies: { own: FuzzedCompany; other: FuzzedCompany }[];
  seed: number;
  requests: number;
  /** The longest that an answer may take; 10 s where absent. */
  deadlineMs?: number;
  /** Does for a company what others than its callers do: workers. */
  stir?: (companyId: string) => Promise<void>;
}

export interface FuzzReport {
  requests: number;
  byStatus: Record<string, number>;
  /** Answers of each operation, by the hundred: `{ getRun: { 2: 40, 4: 60 } }`. */
  byOperation: Record<string, Record<string, number>>;
  /** Operations that never answered 2xx. */
  neverRight: string[];
  findings: Finding[];
}

/**
 * Sends requests to all operations of an API, made of its description: right ones, near misses, nonsense. The same seed sends
 * the same requests, but for the ids that the API gives.
 */
export async function fuzzApi(options: FuzzOptions): Promise<FuzzReport> {
  const { document, companies, requests } = options;
  const description = document as Description;
  const operations = describedOperations(description);
  const report: FuzzReport = { requests: 0, byStatus: {}, byOperation: {}, neverRight: [], findings: [] };
  for (const { name } of operations) report.byOperation[name] = {};
  const plans = fuzzPlans(operations, description.components.schemas);
  const check = answerCheck(document);
  const lanes = companies.map((pair, at): Lane => {
    const world: World = {
      own: { ...pair.own, pool: objectPool(operations) },
      other: { ...pair.other, pool: objectPool(operations) },
    };
    return {
      ...{ url: options.url, plans, check, world, connection: openConnection() },
      requests: Math.ceil(requests / companies.length),
      seed: options.seed + at * 1_000_003,
      deadlineMs: options.deadlineMs ?? 10_000,
      count: ({ name }, status, isRight) => note(report, isRight ? name : undefined, status),
      stir: async () => options.stir?.(pair.own.id),
    };
  });
  const neverRight = () =>
    Object.entries(report.byOperation).flatMap(([name, of]) => ((of['2'] ?? 0) > 0 ? [] : [name]));
  try {
    const found = lanes.map(async (lane, at) => {
      await fillOther(lane, companies[at]?.other.keys ?? {}, options.seed + at);
      return fuzzLane(lane);
    });
    report.findings = (await Promise.all(found)).flat();
    const [first] = lanes;
    if (first && report.findings.length === 0) report.findings = await askUntilRight(neverRight(), first);
  } finally {
    for (const { connection } of lanes) connection.destroy();
  }
  report.neverRight = neverRight();
  return report;
}

/** Counts an answer; without a name: to another method than the operation's. */
function note(report: FuzzReport, name: string | undefined, status: number) {
  report.requests += 1;
  report.byStatus[status] = (report.byStatus[status] ?? 0) + 1;
  if (name === undefined) return;
  const of = (report.byOperation[name] ??= {});
  const hundred = String(Math.floor(status / 100));
  of[hundred] = (of[hundred] ?? 0) + 1;
}

/** Gives the other company objects, with a canary in every text that is free. */
async function fillOther({ url, plans, world, connection: agent }: Lane, keys: Record<string, string>, seed: number) {
  const { other } = world;
  const view: World = { own: { ...other, keys }, other };
  for (const plan of beginning(plans, seed)) {
    const marked = plan.body && 'json' in plan.body ? { ...plan, body: { json: withCanary(plan.body.json) } } : plan;
    const { request, ids } = requestOf({ ...marked, who: plan.operation.who }, view);
    const answer = await sendRequest(url, request, { agent, timeoutMs: 10_000 });
    if ([200, 201].includes(answer.status))
      other.pool.learn(plan.operation, { params: ids, json: parsed(answer.text) });
  }
}

const MARKED = new Set([
  ...['name', 'externalId', 'firstName', 'lastName', 'note', 'text', 'city', 'addressLine1'],
  ...['campaignName', 'replyText', 'cancelReplyText', 'invoiceText', 'keywordIdleText', 'agreementDescription'],
]);

function withCanary(value: unknown, key = ''): unknown {
  if (typeof value === 'string' && MARKED.has(key)) return `${CANARY} ${Math.abs(hash(value))}`;
  if (Array.isArray(value)) return value.map((item) => withCanary(item, key));
  if (typeof value !== 'object' || value === null || Object.getOwnPropertySymbols(value).length > 0) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, withCanary(child, name)]));
}

function hash(text: string) {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) | 0;
  return sum;
}
