import { type Audience } from '@muster/pipeline/ports';
import { pipelineBench } from '@muster/testing/pipelineBench';

let bench: Awaited<ReturnType<typeof pipelineBench>>;
beforeAll(async () => (bench = await pipelineBench()));
afterAll(() => bench.close());

/** A run of two borrowers, one of nobody, and one that names none; all its steps are taken, with this done to its audience. */
async function runWith(change: Partial<Audience>) {
  const people = [await bench.addBorrower(), await bench.addBorrower()];
  const runId = await bench.startRun({
    override: [...people.map(({ key }) => Number(key)), 4_444_444_444, null].map((borrowerId) => ({ borrowerId })),
  });
  for (const ring of await bench.places.fill(bench.companyId)) await bench.doorbell.ring(ring);
  await bench.work({ audience: { ...bench.deps.audience, ...change } });
  return (await bench.runOf(runId))!;
}

it('counts every row of the query once', async () => {
  const rows = { queried: 4, invalid: 1, duplicate: 0, unknownBorrower: 1, goOn: 2 };
  const contacts = { noContact: 0, matched: 2, contacts: 2, screenedOut: {}, exported: 2 };

  expect(await runWith({})).toMatchObject({ status: 'succeeded', counts: { ...rows, ...contacts } });
});

it('fails a run, and delivers nothing, where a row is lost between the counting and a file', async () => {
  bench.sftp.files.clear();
  const { audience } = bench.deps;

  const failed = await runWith({
    writeExclusions: async (scope, to) => {
      const checked = `scratch."${scope.runId}_${scope.attempt}_checked"`;
      await bench.db.execute(`delete from ${checked} where reason = 'unknownBorrower'`);
      return audience.writeExclusions(scope, to);
    },
  });

  expect(failed).toMatchObject({ status: 'failed', error_step: 'filter', error_code: 'countsDiffer' });
  expect(failed.error_message).toContain('rows of exclusions.csv: 2, but 1');
  expect([...bench.sftp.files.keys()]).toEqual([]);
});

it('fails a run, and delivers nothing, where the matched contacts are no longer those that were counted', async () => {
  bench.sftp.files.clear();
  const { audience } = bench.deps;

  const failed = await runWith({
    writeContacts: async (cache, matching, to) => {
      await bench.db.execute(`insert into ${cache.table} select * from ${cache.table} where line > 0 limit 1`);
      return audience.writeContacts(cache, matching, to);
    },
  });

  expect(failed).toMatchObject({ status: 'failed', error_step: 'export', error_code: 'countsDiffer' });
  expect([...bench.sftp.files.keys()]).toEqual([]);
});
