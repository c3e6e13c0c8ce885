import { type Guard } from './guard.ts';

const slots = 'libs/db/src/slots.ts';
const slotTests = ['libs/db/src/slots.integration.test.ts'];

/** What sees to it that each due day becomes one slot, and each request one run. */
export const slotGuards: Guard[] = [
  {
    name: "the slot's unique key",
    why: 'two schedulers could hold one day of a campaign twice',
    file: 'libs/db/migrations/1764000000004_runs.sql',
    find: 'created_at timestamptz not null default now(),\n  primary key (campaign_id, due_date)',
    replace: 'created_at timestamptz not null default now()',
    tests: slotTests,
  },
  {
    name: 'a slot that is taken starts no run',
    why: 'whoever finds the slot on record would start a second run of it',
    file: slots,
    find: 'if (isOurs === 0) return undefined;',
    replace: 'if (isOurs < 0) return undefined;',
    tests: ['libs/db/src/slotRaces.integration.test.ts', ...slotTests],
  },
  {
    name: "the slot's clock",
    why: 'a scheduler whose clock is wrong would begin runs at its own time',
    file: slots,
    find: 'recordPlan(tx, campaign, await tx.now())',
    replace: 'recordPlan(tx, campaign, new Date())',
    tests: slotTests,
  },
  {
    name: 'a late run looks at who began it',
    why: 'a run that is retried after the cut-off would be canceled at once',
    file: 'libs/db/src/cancelLateRuns.ts',
    find: ` and run.started_at is null
  and not exists (select 1 from run_step where run_id = run.id and attempt > 0)`,
    replace: '',
    tests: ['libs/db/src/cancelLateRuns.integration.test.ts'],
  },
  {
    name: 'an Idempotency-Key is taken once',
    why: 'a request that is sent again would have its effect again',
    file: 'libs/db/src/keptAnswers.ts',
    find: 'if (taken > 0) return undefined;',
    replace: 'if (taken >= 0) return undefined;',
    tests: ['apps/api/src/answerOnce.integration.test.ts'],
  },
  {
    name: "the schedule keeper's lock",
    why: 'two schedulers would change the schedules of the queue at once',
    file: 'libs/db/src/holdRole.ts',
    find: 'if (!got?.held) return false;',
    replace: 'if (!got) return false;',
    tests: ['apps/scheduler/src/scheduleMirror.integration.test.ts'],
  },
  {
    name: "a schedule's lock in the queue",
    why: 'two upserts at once would leave two occurrences on PostgreSQL',
    file: 'libs/queue/src/postgresStore.ts',
    find: `await client.query('select pg_advisory_lock($1, hashtext($2))', [advisoryLocks.schedule, campaignId]);`,
    replace: '',
    tests: ['libs/queue/src/ringQueue.integration.test.ts'],
  },
  {
    name: 'an Idempotency-Key belongs to its request',
    why: 'another request would get the answer to the first, and never be carried out',
    file: 'apps/api/src/answerOnce.ts',
    find: 'if (kept.fingerprint !== fingerprint) throw otherRequest();',
    replace: '',
    tests: ['apps/api/src/answerOnce.integration.test.ts'],
  },
];
