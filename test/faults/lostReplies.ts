import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type LostReply } from '@muster/testing/startLink';

const require = createRequire(import.meta.url);
const BEGINNING = 300; // no two scripts begin alike
const TABLE_OF_RUN = '"CR-[A-Z0-9-]+_(?:\\d+_)?'; // each run has its own: what is meant is that of any run
const ANY_RUN = '"*_';
const COMMIT = /^Q[^]{4}commit/i;

/** The writes to PostgreSQL in the life of a run, by what their answers say; of two, it is the commit that is meant. */
export const writesToPostgres = {
  'a run is accepted': [/insert into run \(/, COMMIT],
  'a run has got its place': [/with chosen as materialized/, COMMIT],
  'a step is claimed': /with open_run as \([^]*update run_step/,
  'a step has begun': /insert into run_event \(run_id, step, event, details\) values \(\$1, \$2, \$3, \$4\)/,
  'the lease goes on': /update run_step set lease_until =/,
  'query is done': checkpointOf('query'),
  'filter is done': checkpointOf('filter'),
  'export is done': checkpointOf('export'),
  'upload is done': checkpointOf('upload'),
  'report is done': checkpointOf('report'),
  'a step is put off': [/update run_step set status = 'pending'[^]*not_before = clock/, COMMIT],
  'a delivery is planned': /insert into delivery/,
  'a delivery is uploading': markOf('uploading'),
  'a delivery is uploaded': markOf('uploaded'),
  'a delivery is renaming': /update delivery set state = 'renaming'/,
  'a delivery is delivered': markOf('delivered'),
  'a lost ring is rung again': /update run_step step set ring = step\.ring \+ 1/,
} satisfies Record<string, LostReply>;

/** The writes to Redis in the life of a job, as BullMQ names its scripts. */
export const writesToRedis: Record<string, LostReply> = {
  ...Object.fromEntries(
    [
      ...['addStandardJob', 'moveToActive', 'moveToFinished', 'moveToDelayed', 'extendLocks'],
      ...['moveStalledJobsToWait', 'addJobScheduler'],
    ].map((name) => [name, scriptOf(name)]),
  ),
  bzpopmin: /bzpopmin/i,
};

/** The statements that change something, out of what clients have said. */
export function writesIn(said: readonly string[]): string[] {
  const statements = said.flatMap((text) => [
    ...text.matchAll(/\b(?:insert|update|delete|with|create|drop|copy)\b[^\0]+/gi),
  ]);
  const ofAnyRun = new RegExp(TABLE_OF_RUN, 'g');
  const beginnings = statements.map(([statement]) => statement.replaceAll(ofAnyRun, ANY_RUN).slice(0, 70));
  return [...new Set(beginnings)].filter((text) => /\b(insert|update|delete|create|drop|copy)\b/i.test(text));
}

/** What is said when a statement with this beginning is. */
export function saidAs(beginning: string): RegExp {
  const parts = beginning.split(ANY_RUN).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(parts.join(TABLE_OF_RUN));
}

/** The commit of a transaction in which a statement with this beginning was. */
export function commitAfter(beginning: string): LostReply {
  return [saidAs(beginning), COMMIT];
}

function checkpointOf(step: string): LostReply {
  return [new RegExp(`set status = 'succeeded'[^]*${parameter(step)}`), COMMIT];
}

function markOf(state: string) {
  return new RegExp(`update delivery set state = \\$6[^]*${parameter(state)}`);
}

/** A text as PostgreSQL's protocol carries it: its length, then itself. */
function parameter(text: string) {
  return `\\x00\\x00\\x00\\x${text.length.toString(16).padStart(2, '0')}${text}`;
}

/** A script of BullMQ as clients call it: the first time in full, then by its SHA-1. */
function scriptOf(name: string) {
  const scripts = require(join(dirname(require.resolve('bullmq')), 'scripts')) as Record<string, { content: string }>;
  const { content } = scripts[name] ?? {};
  if (content === undefined) throw new Error(`BullMQ has no script ${name}`);
  const hash = createHash('sha1').update(content).digest('hex');
  return new RegExp(`${hash}|${saidAs(content.slice(0, BEGINNING)).source}`);
}
