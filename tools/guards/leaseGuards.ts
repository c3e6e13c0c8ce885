import { type Guard } from './guard.ts';

const claimStep = 'libs/db/src/claimStep.ts';
const places = 'libs/db/src/places.ts';
const runStore = ['libs/db/src/runStore.integration.test.ts'];
const races = ['libs/db/src/runRaces.integration.test.ts'];
const clocks = ['libs/db/src/leaseClock.integration.test.ts'];
// As it stands in a template of our code: the clock of the process where that of the database should be.
const PROCESS_CLOCK = "'${new Date().toISOString()}'::timestamptz";
const BY_PROCESS_CLOCK = `replaceAll('clock_timestamp()', \`${PROCESS_CLOCK}\`)`;

/** Who may work on a step, and who is told of it: leases, crashes, places, the healer. */
export const leaseGuards: Guard[] = [
  {
    name: 'a live lease refuses a claim',
    why: 'two workers would work on one step',
    file: claimStep,
    find: 'and (step.lease_until is null or step.lease_until < clock_timestamp())',
    replace: '',
    tests: runStore,
  },
  {
    name: "the lease's clock, at a claim",
    why: 'a worker whose clock is fast would take what others hold',
    file: claimStep,
    find: 'db.query<ClaimedRow>(CLAIM, [',
    replace: `db.query<ClaimedRow>(CLAIM.${BY_PROCESS_CLOCK}, [`,
    tests: clocks,
  },
  {
    name: "the lease's clock, at a heartbeat",
    why: 'a worker whose clock is slow would lose what it holds',
    file: 'libs/db/src/leases.ts',
    find: 'lease_until = clock_timestamp() + $4',
    replace: `lease_until = ${PROCESS_CLOCK} + $4`,
    tests: clocks,
  },
  {
    name: "the healer's clock",
    why: 'a scheduler whose clock is fast would take every holder for lost',
    file: places,
    find: 'db.query<Ring>(QUIET, [quietMs])',
    replace: `db.query<Ring>(QUIET.${BY_PROCESS_CLOCK}, [quietMs])`,
    tests: clocks,
  },
  {
    name: 'a step waits for those before it',
    why: 'an early ring would export what is not screened yet',
    file: claimStep,
    find: `and not exists (select from run_step earlier
        where earlier.run_id = step.run_id and earlier.ordinal < step.ordinal and earlier.status <> 'succeeded')
    returning`,
    replace: 'returning',
    tests: runStore,
  },
  {
    name: 'a step waits for its time',
    why: 'a server that is down would be asked without a pause',
    file: claimStep,
    find: 'and (step.not_before is null or step.not_before <= clock_timestamp())\n',
    replace: '\n',
    tests: runStore,
  },
  {
    name: 'a crash is counted',
    why: 'a poisonous step would kill workers for ever',
    file: claimStep,
    find: 'crashes = step.crashes + (step.lease_until is not null)::int,',
    replace: 'crashes = step.crashes,',
    tests: runStore,
  },
  {
    name: 'isolation after two crashes',
    why: 'a poisonous step would take the runs beside it along a third time',
    file: claimStep,
    find: '(options.isolated ? 1 : 0)',
    replace: '1',
    tests: runStore,
  },
  {
    name: 'parking after three crashes',
    why: 'a poisonous run would never come to a person',
    file: claimStep,
    find: 'else if (step.crashes > CRASHES_BEFORE_ISOLATION) return',
    replace: 'else if (step.crashes > 1000) return',
    tests: runStore,
  },
  {
    name: 'a survivor takes its crash back',
    why: 'workers that were only slow would park a sound run',
    file: 'libs/db/src/leases.ts',
    find: 'crashes = greatest(crashes - 1, 0)',
    replace: 'crashes = crashes',
    tests: runStore,
  },
  {
    name: "the run's row lock of a claim",
    why: 'a cancel and a claim at once would both think that they were first',
    file: claimStep,
    find: `in ('uploading', 'uploaded')))
    for update`,
    replace: `in ('uploading', 'uploaded')))`,
    tests: races,
  },
  {
    name: 'a canceled run is not begun',
    why: 'a run that somebody has canceled would go on',
    file: claimStep,
    find: `and (cancel_asked_at is null
        or exists (select from delivery where run_id = $1 and state in ('uploading', 'uploaded')))`,
    replace: '',
    tests: [...runStore, ...races],
  },
  {
    name: "the place limit's lock",
    why: 'two who fill at once would give a company more places than it has',
    file: places,
    find: `await tx.query('select pg_advisory_xact_lock($1, hashtext($2))', [advisoryLocks.places, companyId]);`,
    replace: '',
    tests: runStore,
  },
  {
    name: 'the place limit',
    why: 'a company with ten thousand runs would hold up all others',
    file: places,
    find: 'limit greatest(0, $2 - (select',
    replace: 'limit greatest($2::int, $2 - (select',
    tests: runStore,
  },
  {
    name: "the healer's question: is it still in the queue",
    why: 'a long queue would fill with copies',
    file: 'libs/pipeline/src/heal.ts',
    find: 'await deps.doorbell.pendingRings(quiet)',
    replace: '[] as typeof quiet',
    tests: ['libs/pipeline/src/executeStep.integration.test.ts'],
  },
  {
    name: 'the healer rings again',
    why: 'a run whose ring was lost would wait for ever',
    file: 'libs/pipeline/src/heal.ts',
    find: 'await ringLost(deps);',
    replace: '',
    tests: ['libs/pipeline/src/executeStep.integration.test.ts'],
  },
  {
    name: 'a lost ring is rung once',
    why: 'two healers would each ring for it',
    file: places,
    find: ' and step.ring = lost.ring\n',
    replace: '\n',
    tests: runStore,
  },
  {
    name: 'the number in the id of a ring',
    why: 'a finished job that is still kept would swallow the next ring',
    file: 'libs/queue/src/doorbell.ts',
    find: 'return `${runId}-${step}-${ring}`;',
    replace: 'return `${runId}-${step}-${ring > 0 ? 1 : 0}`;',
    tests: ['libs/queue/src/doorbell.integration.test.ts'],
  },
  {
    name: 'a payload of another version is left alone',
    why: 'old code would fail jobs of new code during a roll-out',
    file: 'libs/queue/src/runWorker.ts',
    find: `throw new NotReady(OTHER_VERSION_DELAY_MS, 'a job for another version of Muster');`,
    replace: 'return fields;',
    tests: ['libs/queue/src/runWorker.test.ts'],
  },
  {
    name: 'a Redis that evicts is refused',
    why: 'jobs would vanish when its memory is full',
    file: 'libs/queue/src/redisStore.ts',
    find: `!== 'noeviction'`,
    replace: `=== 'never'`,
    tests: ['libs/queue/src/redisStore.test.ts'],
  },
  {
    name: 'a cancel stops a checkpoint',
    why: 'a run that is to be canceled would succeed',
    file: 'libs/db/src/finishStep.ts',
    find: '    refuseCanceled();\n',
    replace: '',
    tests: ['libs/db/src/cancelRun.integration.test.ts', ...races],
  },
];
