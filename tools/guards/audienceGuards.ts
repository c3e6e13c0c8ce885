import { type Guard } from './guard.ts';

const upload = ['libs/pipeline/src/steps/uploadContacts.test.ts'];
const reserve = 'libs/directory/src/guard/reserve.ts';
const reserveTests = ['libs/directory/src/guard/reserve.integration.test.ts'];

/** What sees to it that no row vanishes, and none goes out that was not screened. */
export const audienceGuards: Guard[] = [
  {
    name: "the export's count against the checkpoint",
    why: 'a cache that has lost rows would become a shorter file',
    file: 'libs/pipeline/src/steps/exportContacts.ts',
    find: 'if (rowsOut !== notes.exported) {',
    replace: 'if (rowsOut < 0) {',
    tests: ['libs/pipeline/src/steps/exportContacts.test.ts'],
  },
  {
    name: "the cache's marker row",
    why: 'a cache that a crash of PostgreSQL has emptied would be taken for a full one',
    file: 'libs/directory/src/matchCache.ts',
    find: 'return rows.length > 0;',
    replace: 'return rows.length >= 0;',
    tests: ['libs/directory/src/matchCache.integration.test.ts'],
  },
  {
    name: 'the funnel adds up at each checkpoint',
    why: 'a row that is lost between two files would show nowhere',
    file: 'libs/db/src/finishStep.ts',
    find: 'if (run?.fault) throw countsDiffer(run.fault);',
    replace: '',
    tests: ['libs/db/src/finishStep.integration.test.ts'],
  },
  {
    name: 'the length of an answer of Redash',
    why: 'an answer that was cut short would be a shorter list',
    file: 'libs/adapters/src/redash/receiveBody.ts',
    find: 'if (announced !== undefined && packed.seen() !== announced) {',
    replace: 'if (announced !== undefined && packed.seen() > announced) {',
    tests: ['libs/adapters/src/redash/spoolResult.integration.test.ts'],
  },
  {
    name: 'the best-before of verdicts',
    why: 'people would be called who have called off while the file waited',
    file: 'libs/pipeline/src/steps/uploadContacts.ts',
    find: '  await refuseOldVerdicts(ctx);\n',
    replace: '',
    tests: upload,
  },
  {
    name: 'no verdict of yesterday',
    why: 'a do-not-interact that begins with the day would be overlooked',
    file: 'libs/pipeline/src/refuseOldVerdicts.ts',
    find: 'const isOfToday = isYoung && matchedAt !== undefined && isSameDay(company.timeZone, matchedAt, today);',
    replace: 'const isOfToday = isYoung && matchedAt !== undefined;',
    tests: ['libs/pipeline/src/refuseOldVerdicts.integration.test.ts'],
  },
  {
    name: 'no new screening once the rename may have been sent',
    why: 'one run would make two files',
    file: 'libs/pipeline/src/refuseOldVerdicts.ts',
    find: 'if (delivery && handedOver.includes(delivery.state)) return;',
    replace: '',
    tests: ['libs/pipeline/src/refuseOldVerdicts.integration.test.ts'],
  },
  {
    name: 'the lock of the reservations',
    why: "two campaigns would both spend a borrower's last allowed attempt",
    file: reserve,
    find: `await tx.query('select pg_advisory_xact_lock($1, hashtext($2))', [advisoryLocks.screening, companyId]);`,
    replace: '',
    tests: reserveTests,
  },
  {
    name: 'a run that has ended reserves nothing',
    why: 'attempts would stay spent for calls that are never made',
    file: reserve,
    find: 'if (run.ended || later.length > 0) throw',
    replace: 'if (later.length > 0) throw',
    tests: reserveTests,
  },
  {
    name: 'a failed run gives back what it has reserved',
    why: 'attempts would stay spent for calls that are never made',
    file: 'libs/db/src/endRun.ts',
    find: 'if (!(await isHandedOver(tx, runId))) await releaseReservations(tx, runId);',
    replace: '',
    tests: ['libs/db/src/releaseReservations.integration.test.ts'],
  },
];
