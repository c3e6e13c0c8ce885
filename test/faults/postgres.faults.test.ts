import pg from 'pg';
import { type Database } from '@muster/core/database';
import { waitFor } from '@muster/testing/waitFor';
import { untilRun } from '../e2e/campaignRuns.ts';
import { holdInQuery } from '../e2e/heldRuns.ts';
import { type FaultHouse, openFaultHouse } from './faultHouse.ts';
import { allSucceeded, endsOf, holdEverywhere, letGoAll } from './heldEverywhere.ts';
import { mayMount } from './mayMount.ts';
import { type OwnPostgres, ownPostgres, useUpLog } from './ownPostgres.ts';
import { type SlowUpload, uploadSlowly } from './slowUpload.ts';
import { isWhole } from './totals.ts';

const OPENING_MS = 120_000;
const LONG_MS = 180_000;
// Longer than the lease (3 s) and the lock of a job (2 s); whole: than the wait for a connection (5 s) and a lock (15 s), too.
const OUTAGE_MS = isWhole ? 25_000 : 4_000;
const BACK_MS = 5_000;
const KILLING_MS = 3_000;
const LOCK_WAIT_MS = 20_000; // longer than a statement waits for a lock
// What docs/operations.md promises of the API's 503: without a connection, and with one on which nothing comes back.
const UNCONNECTED_MS = 5_000;
const FROZEN_MS = 35_000;
const whole = isWhole ? describe : describe.skip;
const onSmallDisk = (await mayMount('C5')) ? describe : describe.skip;

describe.each(['redis', 'postgres'] as const)('PostgreSQL, with the queue on %s,', (backend) => {
  const further = backend === 'redis' || isWhole ? describe : describe.skip;
  let postgres: OwnPostgres;
  let faulty: FaultHouse;
  beforeAll(async () => {
    postgres = await ownPostgres();
    faulty = await openFaultHouse({ backend, servers: { postgresUrl: postgres.url } });
  }, OPENING_MS);
  afterAll(async () => {
    await faulty.close();
    await postgres.remove();
  }, OPENING_MS);

  it(
    'C1: crashed and started again while runs stand in each step: all end once, and work is back within five seconds',
    async () => {
      const held = await holdEverywhere(faulty.house);
      await postgres.crash();
      await letGoAll(held);
      await postgres.start();
      const backMs = performance.now();
      await untilReady(faulty);
      const fresh = await faulty.begin();
      await untilRun(faulty.house, fresh, ({ status }) => status !== 'pending');
      expect(performance.now() - backMs).toBeLessThan(BACK_MS);

      expect(await endsOf(faulty.house, held)).toEqual({ ends: allSucceeded(held), faults: [] });
      await expectSuccess(faulty, [fresh]);
    },
    LONG_MS,
  );

  further('and beyond a crash:', () => {
    it(
      'C2: whose backends are killed in the middle of transactions of workers: what was rolled back is done again, once',
      async () => {
        const paths = [await faulty.begin(), await faulty.begin(), await faulty.begin()];
        const killedOfWorkers = await killInTransactions(faulty.house.db);

        expect(killedOfWorkers).toBeGreaterThan(0);
        await expectSuccess(faulty, paths);
      },
      LONG_MS,
    );

    it(
      'C3: down: the API says 503 in its time and when to come again, and nothing is renamed that could not be recorded',
      async () => {
        const { house } = faulty;
        const other = await faulty.newCampaign();
        const uploading = await uploadSlowly(house, 500);
        await postgres.stop();
        const downMs = performance.now();
        await uploading.letGo();

        await expectRefusal(faulty, other, UNCONNECTED_MS);
        await expectNoRename(uploading, downMs);

        await postgres.start();
        await untilReady(faulty);
        expect(await endsOf(house, { upload: uploading })).toEqual({ ends: { upload: 'succeeded' }, faults: [] });
        await expectSuccess(faulty, [await faulty.begin(other)]);
      },
      LONG_MS,
    );

    it(
      'C4: that ends a checkpoint as the victim of a deadlock: the step is done again, and the file is delivered once',
      async () => {
        const held = await holdInQuery(faulty.house);
        const runId = held.path.split('/').at(-1) ?? '';
        await deadlock(faulty.house.db, runId, held.letGo);

        expect(await endsOf(faulty.house, { query: held })).toEqual({ ends: { query: 'succeeded' }, faults: [] });
        expect(await failuresOf(faulty.house.db, runId)).toMatchObject([{ code: 'databaseBusy' }]);
      },
      LONG_MS,
    );

    it(
      'C4: that has no connection left: the API says 503 in its time, no process ends, and all goes on once there is one',
      async () => {
        const campaignId = await faulty.newCampaign();
        const underWay = await faulty.begin();
        const free = await takeAllConnections(postgres.url);
        try {
          await expectRefusal(faulty, campaignId, UNCONNECTED_MS);
        } finally {
          await free();
        }
        await untilReady(faulty);
        await expectSuccess(faulty, [underWay, await faulty.begin(campaignId)]);
      },
      LONG_MS,
    );

    whole('at length:', () => {
      it(
        'C4: in which somebody keeps a table locked: the API says 503 in its time, and runs end once it is free',
        async () => {
          const { house } = faulty;
          const [campaignId, underWay] = [await faulty.newCampaign(), await faulty.begin()];
          await house.db.transaction(async (tx) => {
            await tx.execute('lock table run');
            await expectRefusal(faulty, campaignId, FROZEN_MS);
            await waitFor(
              async () =>
                (
                  await tx.query<{ over: boolean }>(`select clock_timestamp() - now() > $1 * interval '1 ms' as over`, [
                    LOCK_WAIT_MS,
                  ])
                )[0]?.over,
              { timeoutMs: 2 * LOCK_WAIT_MS, everyMs: 500 },
            );
          });
          await expectSuccess(faulty, [underWay, await faulty.begin(campaignId)]);
        },
        LONG_MS,
      );
    });

    onSmallDisk('on a small disk:', () => {
      it(
        'C5: with a full disk: what is accepted ends once there is room, what is not is said, and nothing is renamed that could not be recorded',
        async () => {
          const { house } = faulty;
          const campaignId = await faulty.newCampaign();
          const underWay = [await faulty.begin(), await faulty.begin()];
          const uploading = await uploadSlowly(house, 2_000);
          await postgres.fillDisk();
          const bulky = `create table bulky as select repeat('x', 900) from generate_series(1, 100000)`;
          await expect(house.db.execute(bulky)).rejects.toMatchObject({ code: 'databaseUnavailable' });
          const { status, json, headers } = await house.api.call('POST', `/campaigns/${campaignId}/runs`, {});
          expect([`200 false`, '503 true']).toContain(`${status} ${headers.has('retry-after')}`);
          await useUpLog(house.db); // not even a small change finds room from now on
          const fullMs = performance.now();
          await uploading.letGo();
          await expectNoRename(uploading, fullMs);
          await postgres.freeDisk();
          await postgres.stop(); // it may have given up by itself
          await postgres.start();
          await untilReady(faulty);

          expect(await endsOf(house, { upload: uploading })).toEqual({ ends: { upload: 'succeeded' }, faults: [] });
          const { id } = json as { id?: string };
          if (id !== undefined) faulty.accepted.push(id);
          await expectSuccess(
            faulty,
            id === undefined ? underWay : [...underWay, `/campaigns/${campaignId}/runs/${id}`],
          );
        },
        LONG_MS,
      );
    });
  });

  it('no process ended, no invariant is broken, and nothing secret or personal lies where it must not', async () => {
    const { house } = faulty;
    const { faults } = await faulty.check();

    expect(house.processes.filter((one) => one.hasEnded()).map(({ name }) => name)).toEqual([]);
    expect(faults).toEqual([]);
  });
});

async function expectSuccess({ house }: FaultHouse, paths: string[]) {
  for (const path of paths) {
    const { status, error } = await untilRun(house, path);
    expect({ path, status, error }).toEqual({ path, status: 'succeeded', error: null });
  }
}

/** Waits until the API has its database again. */
async function untilReady({ house }: FaultHouse) {
  const isReady = async () => (await house.api.call('GET', '/campaigns?limit=1')).status === 200;
  await waitFor(isReady, { timeoutMs: 30_000, everyMs: 50, what: 'the API to have its database again' });
}

/** The API refuses a run with 503, in its time, and says when to come again. */
async function expectRefusal({ house }: FaultHouse, campaignId: string, withinMs: number) {
  const fromMs = performance.now();
  const { status, headers } = await house.api.call('POST', `/campaigns/${campaignId}/runs`, {});
  expect(performance.now() - fromMs).toBeLessThan(withinMs);
  expect({ status, saysWhen: headers.has('retry-after') }).toEqual({ status: 503, saysWhen: true });
}

/** All bytes come, and for longer than a lease nothing gives them their name. */
async function expectNoRename(upload: SlowUpload, sinceMs: number) {
  await upload.untilAsked('CLOSE');
  await waitFor(() => performance.now() - sinceMs > OUTAGE_MS, { timeoutMs: OUTAGE_MS * 2 });
  expect(upload.wasAsked('RENAME')).toBe(false);
}

/** Kills whoever of the processes is in a transaction, again and again for a while; gives how many of workers were. */
async function killInTransactions(db: Database) {
  let ofWorkers = 0;
  const fromMs = performance.now();
  const kill = async () => {
    const gone = await db.query<{ name: string }>(
      `select pg_terminate_backend(pid), application_name as name from pg_stat_activity
       where datname = current_database() and application_name like 'muster%' and application_name <> 'muster'
         and xact_start is not null and (query ilike 'update%' or query ilike 'insert%' or query ilike 'create%' or state = 'idle in transaction')`,
    );
    ofWorkers += gone.filter(({ name }) => name === 'muster-worker').length;
    return performance.now() - fromMs > KILLING_MS;
  };
  await waitFor(kill, { timeoutMs: 2 * KILLING_MS, everyMs: 20, what: 'the killing to be over' });
  return ofWorkers;
}

/** Takes a step's row, has the worker that ends the step take the run's and wait, and asks for the run's, too. */
async function deadlock(db: Database, runId: string, letGo: () => Promise<void>) {
  await db.transaction(async (tx) => {
    await tx.execute(`set local deadlock_timeout = '60s'`); // it is the other one who finds out, and gives way
    await tx.execute(`select from run_step where run_id = $1 for update`, [runId]);
    await letGo();
    const waits = () =>
      db.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
           and query ilike '%update run_step set status = ''succeeded''%'`,
      );
    await waitFor(async () => (await waits()).length > 0, { timeoutMs: 30_000, everyMs: 10, what: 'the checkpoint' });
    await tx.execute(`select from run where id = $1 for update`, [runId]);
  });
}

async function failuresOf(db: Database, runId: string) {
  const events = await db.query<{ details: object }>(
    `select details from run_event where run_id = $1 and event = 'step.failed' order by number`,
    [runId],
  );
  return events.map(({ details }) => details);
}

/** Takes all connections that the server has, those of the processes too; gives what frees them. */
async function takeAllConnections(url: string) {
  const taken = [await connected(url)];
  const takeRest = async () => {
    try {
      for (;;) taken.push(await connected(url));
    } catch {
      // that was the last one
    }
  };
  await takeRest();
  const end = `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'muster%'`;
  const isAllOurs = async () => {
    const { rowCount } = (await taken[0]?.query(end)) ?? {};
    await takeRest();
    return rowCount === 0;
  };
  await waitFor(isAllOurs, { timeoutMs: 30_000, what: 'all connections to be ours' });
  return async () => {
    await Promise.all(taken.map((client) => client.end()));
  };
}

async function connected(url: string) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
