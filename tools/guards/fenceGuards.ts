import { type Guard } from './guard.ts';

const leases = 'libs/db/src/leases.ts';
const runStore = ['libs/db/src/runStore.integration.test.ts'];
const ledger = ['libs/db/src/ledger.integration.test.ts'];
const tasks = ['libs/db/src/tasks.integration.test.ts'];

const STALE = 'an attempt that has been superseded would';
const ANY_OLDER = `run_id = $1 and name = $2 and attempt >= $3 and status = 'running'`;

/** The fence: no write of an attempt that is not the current one. Each kind of write has one of its own. */
export const fenceGuards: Guard[] = [
  {
    name: 'the fence of a checkpoint and of a rename',
    why: `${STALE} finish the step, or rename its file`,
    file: 'libs/db/src/heldStep.ts',
    find: 'step.attempt = $3',
    replace: 'step.attempt >= $3',
    tests: [...runStore, ...ledger],
  },
  {
    name: "the step's row lock of a checkpoint and of a rename",
    why: 'what waited for the row of a run that has ended meanwhile would be written all the same',
    file: 'libs/db/src/heldStep.ts',
    find: '\n    for update of step',
    replace: '',
    tests: ledger,
  },
  {
    name: 'the fence of an end',
    why: `${STALE} fail or cancel the run`,
    file: 'libs/db/src/endRun.ts',
    find: `where run_id = $1 and name = $2 and attempt = $3 and status = 'running'`,
    replace: `where ${ANY_OLDER}`,
    tests: runStore,
  },
  {
    name: 'the fence of a heartbeat',
    why: `${STALE} believe that it holds the step`,
    file: leases,
    find: 'where ${HELD}\n     returning (select cancel_asked_at',
    replace: `where ${ANY_OLDER}\n     returning (select cancel_asked_at`,
    tests: runStore,
  },
  {
    name: 'the fence of a hand-over',
    why: `${STALE} take the step from its successor`,
    file: leases,
    find: 'where ${HELD} returning run_id',
    replace: `where ${ANY_OLDER} returning run_id`,
    tests: runStore,
  },
  {
    name: 'the fence of a postponement',
    why: `${STALE} put off what its successor does`,
    file: leases,
    find: 'where ${HELD}`,\n      [...keyOf(lease), delayMs',
    replace: `where ${ANY_OLDER}\`,\n      [...keyOf(lease), delayMs`,
    tests: runStore,
  },
  {
    name: 'the fence of a new screening',
    why: `${STALE} send the run back to its filter`,
    file: 'libs/db/src/screenAgain.ts',
    find: `where run_id = $1 and name = $2 and attempt = $3 and status = 'running'`,
    replace: `where ${ANY_OLDER}`,
    tests: ['libs/db/src/screenAgain.integration.test.ts'],
  },
  {
    name: 'the fence of a planned delivery',
    why: `${STALE} begin another upload`,
    file: 'libs/db/src/ledger.ts',
    find: 'where run.id = $1 and ${HELD}\n',
    replace: 'where run.id = $1 and $2::text is not null and $3::int is not null\n',
    tests: ledger,
  },
  {
    name: 'the fence of a mark in the ledger',
    why: `${STALE} rename a file, or say what became of it`,
    file: 'libs/db/src/ledger.ts',
    find: 'and try = $5 and ${HELD}`',
    replace: 'and try = $5 and $2::text is not null and $3::int is not null`',
    tests: ledger,
  },
  {
    name: 'the fence of what is reserved',
    why: `${STALE} reserve calls for contacts that it does not hand over`,
    file: 'libs/directory/src/guard/reserve.ts',
    find: 'if (run.ended || later.length > 0) throw',
    replace: 'if (run.ended) throw',
    tests: ['libs/directory/src/guard/reserve.integration.test.ts'],
  },
  {
    name: "the fence of a task's write",
    why: `${STALE} end the task`,
    file: 'libs/db/src/tasks.ts',
    find: 'updated_at = clock_timestamp() where ${HELD}`, [',
    replace: `updated_at = clock_timestamp() where id = $1 and attempt >= $2 and status = 'running'\`, [`,
    tests: tasks,
  },
  {
    name: "the fence of a task's heartbeat",
    why: `${STALE} go on with the task`,
    file: 'libs/db/src/tasks.ts',
    find: 'where ${HELD}\n     returning cancel_asked_at',
    replace: `where id = $1 and attempt >= $2 and status = 'running'\n     returning cancel_asked_at`,
    tests: tasks,
  },
  {
    name: 'attempts that rise over a retry',
    why: 'a step that comes back could get the attempt of a worker that still writes',
    file: 'libs/db/src/reopenRun.ts',
    find: 'select id, name, 0, attempts_gone,',
    replace: 'select id, name, 0, 0,',
    tests: ['libs/db/src/reopenRun.integration.test.ts'],
  },
];
