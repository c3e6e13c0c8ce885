import { type Guard } from './guard.ts';

const pastFiles = 'libs/db/src/pastFiles.ts';
const removePastFiles = 'libs/pipeline/src/removePastFiles.ts';
const removal = ['libs/pipeline/src/removePastFiles.integration.test.ts'];

/** What sees to it that files of runs go when they have to, and that nothing goes that is needed still. */
export const retentionGuards: Guard[] = [
  {
    name: 'files stay for as long as their company keeps them',
    why: 'files would go at the end of their run',
    file: pastFiles,
    find: 'and finished_at < now() - ${FILES_KEPT}',
    replace: 'and finished_at < now()',
    tests: removal,
  },
  {
    name: 'each company keeps files for days of its own',
    why: 'the lists of a company would stay for as long as those of others',
    file: 'libs/db/src/filesKept.ts',
    find: `(company.retention_days ->> 'files')::int`,
    replace: 'null',
    tests: removal,
  },
  {
    name: 'files of a run in doubt stay',
    why: 'whoever has to say what became of a file could not look at it',
    file: pastFiles,
    find: 'and not ${isInDoubt} and not',
    replace: 'and not',
    tests: removal,
  },
  {
    name: 'files stay until the decisions in them are loaded',
    why: 'nobody could tell any more why somebody was called',
    file: pastFiles,
    find: ' and not ${isToBeLoaded}',
    replace: '',
    tests: removal,
  },
  {
    name: 'a run whose files could not be removed waits its turn',
    why: 'a hundred folders that cannot be removed would keep all others for ever; two schedulers would do the same work',
    file: pastFiles,
    find: 'and (files_leaving_at is null or files_leaving_at < now() - ${TAKEN_FOR})',
    replace: '',
    tests: removal,
  },
  {
    name: 'a run that somebody holds is passed by',
    why: 'the files of all companies would wait for the lock of one run',
    file: pastFiles,
    find: 'for no key update skip locked',
    replace: 'for no key update',
    tests: removal,
  },
  {
    name: 'what lost attempts have written goes along',
    why: 'a list that no row of ours knows would stay for ever',
    file: pastFiles,
    find: `run.company_id || '/' || run.id || '/' as folder`,
    replace: `run.company_id || '/' || run.id || '/1-query-1/' as folder`,
    tests: removal,
  },
  {
    name: 'rows that were handed in go along',
    why: 'a list of borrowers would stay in a table for ever',
    file: pastFiles,
    find: `await tx.execute('delete from run_override where run_id = $1', [runId]);`,
    replace: '',
    tests: removal,
  },
  {
    name: 'the bytes of a file go before its row says so',
    why: 'a list that could not be removed would be called gone, and be forgotten',
    file: removePastFiles,
    find: '  await within(withinMs, stop, removeAll());\n  return past.recordRemoved(run.id);',
    replace:
      '  const files = await past.recordRemoved(run.id);\n  await within(withinMs, stop, removeAll());\n  return files;',
    tests: removal,
  },
  {
    name: 'a run whose files cannot be removed holds up no other',
    why: 'one folder that cannot be removed would keep all others',
    file: removePastFiles,
    find: '      deps.log.warn',
    replace: '      throw error;\n      deps.log.warn',
    tests: removal,
  },
  {
    name: 'a run whose files are gone is not retried',
    why: 'a run would go on with files of which a part is gone',
    file: 'libs/db/src/retryRun.ts',
    find: 'if (filesLeaving)\n',
    replace: `if (filesLeaving && past.hasSteps === null)\n`,
    tests: ['libs/db/src/retryRun.integration.test.ts'],
  },
  {
    name: 'a run whose files are gone is given no others',
    why: 'a list that came late would stay for ever',
    file: 'libs/db/src/attachFiles.ts',
    find: '  await refusePast(tx, run.id);\n',
    replace: '',
    tests: ['apps/api/src/runs/outsideRuns.integration.test.ts'],
  },
  {
    name: 'no log is made for a run whose files are gone',
    why: 'a file would be made anew for a run that nobody looks at any more',
    file: 'libs/db/src/runEvents.ts',
    find: '  where log_sealed_at is null and files_leaving_at is null\n',
    replace: '  where log_sealed_at is null\n',
    tests: removal,
  },
  {
    name: 'nobody is given a file that is about to go',
    why: 'a download would end in the middle, or find nothing',
    file: 'libs/db/src/runViews.ts',
    find: 'removed_at is not null or item.files_leaving_at is not null as is_removed',
    replace: 'removed_at is not null as is_removed',
    tests: ['apps/api/src/files/files.integration.test.ts'],
  },
];
