import { type Guard } from './guard.ts';

const settle = 'libs/db/src/settleRestore.ts';
const tests = ['libs/db/src/settleRestore.integration.test.ts'];

/** What sees to it that a database that was brought back from a backup repeats nothing. */
export const restoreGuards: Guard[] = [
  {
    name: 'a restored database moves its ids on',
    why: 'runs would get the folders and names of delivered ones, and people the ids of others',
    file: 'libs/db/migrations/1764000000077_restored.sql',
    find: 'coalesce(last_value, 0) + 1000000000))::int',
    replace: 'coalesce(last_value, 1)))::int',
    tests,
  },
  {
    name: 'a restored database ends the runs that were under way',
    why: 'a run whose file was taken from the server since would send it again',
    file: settle,
    find: `from run where status in ('pending', 'running') order by created_at, id`,
    replace: `from run where status in ('none') order by created_at, id`,
    tests,
  },
  {
    name: 'a restored database leaves out the attempts that it does not know',
    why: 'a retry would find the files and kept jobs of lost attempts in its way',
    file: settle,
    find: 'const ATTEMPTS_LEFT_OUT = 1_000;',
    replace: 'const ATTEMPTS_LEFT_OUT = 0;',
    tests,
  },
  {
    name: 'what a run of a restored database has reserved goes on to count',
    why: 'borrowers whose calls are with the dialer would be called more often than they may be',
    file: settle,
    find: `if (status === 'failed') await tx.execute('update run set handed_over = true where id = $1', [run.id]);`,
    replace: '',
    tests,
  },
  {
    name: 'a restored database records what fell due since as missed',
    why: 'slots that have run would run again',
    file: settle,
    find: 'await recordAllMissed(tx, REASON)',
    replace: `await recordAllMissed({ ...tx, now: async () => new Date(0) }, REASON)`,
    tests,
  },
  {
    name: 'a restore is settled while nothing is connected',
    why: 'a process that was forgotten would be at work on what is being ended',
    file: settle,
    find: 'await refuseConnected(tx);',
    replace: '',
    tests,
  },
  {
    name: 'a restore keeps whoever comes meanwhile waiting',
    why: 'a process that is started too early would begin runs in the middle of it',
    file: settle,
    find: `await tx.execute('lock table campaign, run in exclusive mode');`,
    replace: '',
    tests,
  },
];
