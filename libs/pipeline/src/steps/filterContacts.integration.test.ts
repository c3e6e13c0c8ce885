import { type ControlBench, controlBench } from '@muster/testing/controlBench';
import { insertRow } from '@muster/testing/factories';

let bench: ControlBench;
beforeEach(async () => void (bench = await controlBench()));
afterEach(() => bench.close());

/** How many contacts the run has handed over, and how many it has left out by which rule. */
async function outcomeOf(runId: string) {
  const run = await bench.runOf(runId);
  expect(run).toMatchObject({ status: 'succeeded', screened: true });
  return { exported: run?.counts['exported'], screenedOut: run?.counts['screenedOut'] };
}

it('hands over no more calls about a debt than are left, and counts each once: reserved, and then made', async () => {
  const { db, companyId } = bench;
  const { runId: first, people, contactExporterId } = await bench.readyRun({ screened: true });
  const personKey = people[0]?.key;
  await db.execute(`update person set collections_intensity = 'light' where key = $1`, [personKey]); // two in seven days
  const workAnother = async () => {
    const runId = await bench.startRun({ contactExporterId });
    await bench.ring();
    await bench.work();
    return runId;
  };

  await bench.work();
  await insertRow(db, 'interaction', {
    ...{ companyId, personKey, channel: 'voice', status: 'attempted', theme: 'opsCollDebt', startedAt: await db.now() },
  });
  const second = await workAnother(); // the call stands for what the first has reserved
  const third = await workAnother();

  expect(await outcomeOf(first)).toEqual({ exported: 3, screenedOut: {} });
  expect(await outcomeOf(second)).toEqual({ exported: 3, screenedOut: {} });
  expect(await outcomeOf(third)).toEqual({ exported: 2, screenedOut: { frequencyLimit: 1 } });
  expect(await bench.fileOf(third, 'exclusions.csv')).toContain('2 of 2 attempts in 168 hours');
  expect(
    await db.query(
      'select run_id, consumed_by is null as open from reserved where person_key = $1 order by reserved_at',
      [personKey],
    ),
  ).toEqual([
    { run_id: first, open: false },
    { run_id: second, open: true },
  ]);
});
