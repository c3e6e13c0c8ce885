import { addressGuard } from '@muster/adapters/addressGuard/addressGuard';
import { guardedAgents } from '@muster/adapters/addressGuard/guardedAgents';
import { readAllowList } from '@muster/adapters/addressGuard/readAllowList';
import { outsideGuard } from '@muster/adapters/outsideGuard';
import { insertRow } from '@muster/testing/factories';
import { pipelineBench } from '@muster/testing/pipelineBench';
import { type GuardStandIn, startGuardStandIn } from '@muster/testing/startGuardStandIn';
import { waitFor } from '@muster/testing/waitFor';

type Bench = Awaited<ReturnType<typeof pipelineBench>>;
let bench: Bench;
let guard: GuardStandIn;
beforeEach(async () => {
  [bench, guard] = await Promise.all([pipelineBench(), startGuardStandIn()]);
});
afterEach(async () => {
  await Promise.all([bench.close(), guard.stop()]);
});

/** A screened run of a company that names the stand-in, with two borrowers; and the adapter that asks it. */
async function readyRun() {
  const { db, companyId, doorbell, places, redash } = bench;
  await db.execute('update company set compliance_guard_url = $2 where id = $1', [companyId, guard.url]);
  const people = [await bench.addBorrower(), await bench.addBorrower()] as const;
  const contacts = await db.query<{ id: string }>('select id from contact order by key');
  redash.csv = `id\r\n${people.map(({ key }) => `${key}\r\n`).join('')}`;
  const runId = await bench.startRun();
  const screened = JSON.stringify({ theme: 'opsCollDebt', isAutodialed: false });
  await db.execute(
    `update run set settings = jsonb_set(settings, '{exporter,checkCanInteractData}', $2) where id = $1`,
    [...[runId, screened]],
  );
  for (const ring of await places.fill(companyId)) await doorbell.ring(ring);
  const agents = guardedAgents(addressGuard({ allow: readAllowList(guard.place) }));
  const asking = outsideGuard({ agents, allowHttp: () => true, withinMs: 500, pauseMs: 10 });
  return { runId, people, contacts, work: () => bench.work({ outsideGuard: asking }) };
}

const reserved = () => bench.db.query('select person_key from reserved where released_at is null');

it('delivers whom both our rules and the guard allow, and reserves for nobody else', async () => {
  const { runId, people, contacts, work } = await readyRun();
  guard.refuse(contacts[1]!.id, ['onTheirList']);

  await work();

  expect(await bench.runOf(runId)).toMatchObject({
    status: 'succeeded',
    counts: { contacts: 2, exported: 1, screenedOut: { refusedOutside: 1 } },
  });
  expect(await bench.fileOf(runId, 'contacts_output.csv')).toContain(people[0].key);
  expect(await bench.fileOf(runId, 'contacts_output.csv')).not.toContain(people[1].key);
  expect(await bench.fileOf(runId, 'exclusions.csv')).toMatch(/refusedOutside.*onTheirList/);
  expect(await bench.fileOf(runId, 'log.txt')).toContain('outsideGuard.asked  asked=2  allowed=1');
  expect(await reserved()).toEqual([{ person_key: people[0].key }]);
});

it('reserves as of after the asking, so that no call made meanwhile stands for what is handed over', async () => {
  const { runId, people, work } = await readyRun();
  let calledAt: Date | undefined;
  guard.onAsked = async () => {
    if (calledAt) return;
    calledAt = await bench.db.now();
    const call = { channel: 'voice', status: 'inProgress', theme: 'opsCollDebt', startedAt: calledAt };
    await insertRow(bench.db, 'interaction', { companyId: bench.companyId, personKey: people[0].key, ...call });
  };

  await work();
  await bench.db.execute(`update interaction set status = 'succeeded'`);

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded', counts: { exported: 2 } });
  const kept = await bench.db.query('select consumed_by from reserved where reserved_at > $1', [calledAt]);
  expect(kept).toEqual([{ consumed_by: null }, { consumed_by: null }]);
});

it('leaves out who was deleted while the guard was asked', async () => {
  const { runId, people, work } = await readyRun();
  guard.onAsked = () => bench.db.execute('update person set deleted_at = now() where key = $1', [people[0].key]);

  await work();

  expect(await bench.runOf(runId)).toMatchObject({ counts: { exported: 1, noContact: 1 } });
});

it('tells the guard of no contact how it is reached', async () => {
  const { work } = await readyRun();

  await work();

  expect(guard.asked.flat()).toHaveLength(2);
  expect(guard.bodies.join()).not.toMatch(/4155550101|Robin|Miller/);
});

it('waits for a guard that is away: nobody is excluded, nothing reserved, and the run goes on when it is back', async () => {
  const { runId, work } = await readyRun();
  guard.lie('fails', 5);

  await work();

  expect(await bench.db.query(`select message from run_step where run_id = $1 and name = 'filter'`, [runId])).toEqual([
    { message: expect.stringContaining('compliance guard at 127.0.0.1') as string },
  ]);
  expect(await bench.runOf(runId)).toMatchObject({ status: 'running' });
  expect(await bench.fileOf(runId, 'exclusions.csv')).toBeUndefined();
  expect(await reserved()).toEqual([]);

  await bench.passTime();
  await bench.heal();
  await work();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded', counts: { exported: 2, screenedOut: {} } });
});

it('fails a run whose guard answers nonsense, and says what to mend', async () => {
  const { runId, work } = await readyRun();
  guard.lie('html');

  await work();

  const run = await bench.runOf(runId);
  expect(run).toMatchObject({ status: 'failed', error_step: 'filter', error_code: 'outsideGuardMalformed' });
  expect(run?.error_message).toContain('complianceGuardUrl');
  expect(JSON.stringify([run?.error_message, bench.log.lines])).not.toContain('canary');
  expect(await reserved()).toEqual([]);
});

it('lets go of the guard at once when the run is canceled', async () => {
  const { runId, work } = await readyRun();
  guard.lie('silent');
  const working = work();
  await waitFor(() => guard.bodies.length > 0);

  await bench.db.execute('update run set cancel_asked_at = now() where id = $1', [runId]);
  await working;

  expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled' });
  await waitFor(() => guard.underWay.now === 0);
  expect(guard.bodies).toHaveLength(1);
  expect(await reserved()).toEqual([]);
});
