import { readdir } from 'node:fs/promises';
import { waitFor } from '@muster/testing/waitFor';
import { answerWith } from '../../tools/redash/faults.ts';
import { proxyError } from '../../tools/redash/reply.ts';
import {
  deliveredBy,
  downloadContacts,
  hasEnded,
  remoteNameOf,
  type ShownRun,
  startRun,
  untilRun,
} from './campaignRuns.ts';
import { findLeaks } from './findLeaks.ts';
import {
  type HeldRun,
  holdInExport,
  holdInFilter,
  holdInQuery,
  holdInRename,
  holdInReport,
  holdInUpload,
  ordinary,
} from './heldRuns.ts';
import { type House, openHouse } from './house.ts';
import { type LogLine, type MusterProcess } from './startProcess.ts';

const OPENING_MS = 120_000;
const HAND_OVER_MS = 2_000;
const HALF_BYTES = 60_000;
const badGateway = answerWith(proxyError(502));

let house: House;
let undisturbed: Buffer;
beforeAll(async () => {
  house = await openHouse({ backend: 'redis' });
  const path = await startRun(house, (await ordinary(house)).campaignId);
  await untilRun(house, path, succeeded);
  undisturbed = await downloadContacts(house, path);
}, OPENING_MS);
afterAll(() => house.close(), OPENING_MS);

describe('a worker killed with SIGKILL in the middle of six runs', () => {
  const held = new Map<string, HeldRun>();
  beforeAll(async () => {
    held.set('upload', await holdInUpload(house));
    held.set('upload, its rename sent', await holdInRename(house));
    held.set('report', await holdInReport(house));
    held.set('export', await holdInExport(house));
    held.set('filter', await holdInFilter(house));
    held.set('query', await holdInQuery(house));
    await house.workers[0]?.kill();
    await Promise.all([...held.values()].map((run) => run.letGo()));
    house.workers.push(await house.startWorker());
  }, OPENING_MS);

  it.each([...['query', 'filter', 'export', 'upload'], 'upload, its rename sent', 'report'])(
    'in %s: the run goes on there on another worker, and its file is delivered once, the same to the byte',
    async (where) => {
      const { path, drop } = held.get(where)!;
      const run = await untilRun(house, path, succeeded);

      expect(twiceTried(run)).toEqual([where.split(',')[0]]);
      await expectDelivered({ path, drop }, run);
    },
  );
});

describe('a worker told to stop in the middle of three runs', () => {
  let held: HeldRun[];
  let next: MusterProcess;
  beforeAll(async () => {
    held = [await holdInUpload(house), await holdInFilter(house), await holdInQuery(house)];
    next = await house.startWorker();
  }, OPENING_MS);

  it('ends with code 0, and another one has taken its steps within two seconds', async () => {
    const old = house.workers.at(-1)!;
    const startedMs = performance.now();
    const [code] = await Promise.all([old.stop(), ...held.map(({ path }) => begun(next, path))]);
    const tookMs = performance.now() - startedMs;

    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(HAND_OVER_MS);
    house.workers.push(next);
  });

  it('has cost these runs nothing: delivered once, the same to the byte', async () => {
    await Promise.all(held.map((run) => run.letGo()));
    for (const one of held) await expectDelivered(one, await untilRun(house, one.path, succeeded));
  });
});

describe('an outside that fails once', () => {
  const outages: [string, Outage][] = [
    ['Redash out of order', ({ queryPath }) => house.redash.plan(badGateway, { path: queryPath })],
    ['a line cut at half of the file', ({ drop }) => Object.assign(drop.faults, { cutAfterBytes: HALF_BYTES })],
    ['a full disk', ({ drop }) => Object.assign(drop.faults, { diskFullAfterBytes: HALF_BYTES })],
  ];
  const held = new Map<string, Pick<HeldRun, 'path' | 'drop'>>();
  beforeAll(async () => {
    await Promise.all(outages.map(async ([what, fail]) => held.set(what, await failOnce(fail))));
  }, OPENING_MS);

  it.each(outages)('%s: the run waits, tries again and delivers once, the same to the byte', async (what) => {
    const { path, drop } = held.get(what)!;
    const run = await untilRun(house, path, succeeded);

    expect(twiceTried(run)).toHaveLength(1);
    await expectDelivered({ path, drop }, run);
  });
});

describe('a step that kills its worker each time', () => {
  let path = '';
  let innocent = '';
  let killed: number[] = [];
  beforeAll(async () => {
    const workers = [house.workers.at(-1)!, ...(await Promise.all([house.startWorker(), house.startWorker()]))];
    path = (await holdInQuery(house)).path;
    const first = await holderOf(workers, path);
    await first.kill();
    const rest = workers.filter((worker) => worker !== first);
    const second = await holderOf(rest, path);
    await second.kill();
    innocent = await startRun(house, (await ordinary(house)).campaignId);
    const last = rest.find((worker) => worker !== second)!;
    house.workers.push(last);
    killed = [first.pid, second.pid, await killChild(last, path)];
  }, OPENING_MS);

  it('parks the run, in words that say where to look', async () => {
    const { status, error, attention } = await untilRun(house, path, hasEnded);

    expect(status).toBe('failed');
    expect(error).toMatchObject({ step: 'query', code: 'parked' });
    expect(error?.message).toContain(`pid ${killed[2]}): look at the worker's log, then retry the run while`);
    const lost = attention?.events.filter(({ event }) => event === 'step.lost').map(({ message }) => message);
    expect(lost).toEqual(killed.map((pid) => expect.stringMatching(`, pid ${pid} died`) as string));
  });

  it('leaves the runs beside it alone', async () => {
    const run = await untilRun(house, innocent, succeeded);

    expect(twiceTried(run)).toEqual([]);
    expect((await downloadContacts(house, innocent)).equals(undisturbed)).toBe(true);
  });
});

it('has left no secret and no phone number in logs, queues, answers or other tables', async () => {
  await expect(findLeaks(house)).resolves.toEqual([]);
});

const succeeded = ({ status }: ShownRun) => status === 'succeeded';

function twiceTried({ steps }: ShownRun) {
  return steps.filter(({ attempts }) => attempts > 1).map(({ name }) => name);
}

type Outage = (surroundings: Awaited<ReturnType<typeof ordinary>>) => unknown;

/** Starts a run whose outside fails until a step has noticed. */
async function failOnce(fail: Outage) {
  const surroundings = await ordinary(house);
  fail(surroundings);
  const path = await startRun(house, surroundings.campaignId);
  await untilRun(house, path, ({ steps }) => steps.some(({ attempts, message }) => attempts > 0 && message !== null));
  const { drop } = surroundings;
  delete drop.faults.cutAfterBytes;
  delete drop.faults.diskFullAfterBytes;
  return { path, drop };
}

async function expectDelivered({ path, drop }: Pick<HeldRun, 'path' | 'drop'>, run: ShownRun) {
  const { bytes, renames } = await deliveredBy(drop, run);
  expect(bytes.equals(undisturbed)).toBe(true);
  expect((await downloadContacts(house, path)).equals(undisturbed)).toBe(true);
  expect(renames).toBe(1);
  expect(drop.renamesTo(remoteNameOf(run, 'log.txt'))).toBe(1);
  const names = [remoteNameOf(run), remoteNameOf(run, 'log.txt')];
  expect((await readdir(drop.directory)).sort()).toEqual(names.sort()); // and nothing half is left
}

function begun(worker: MusterProcess, path: string) {
  return worker.line('step.started', (line) => isBegin(line, path));
}

function isBegin(line: LogLine, path: string) {
  return line.event === 'step.started' && path.endsWith(`/${line.runId ?? ''}`);
}

/** Waits until one of the workers has begun a run, and gives that worker. */
async function holderOf(workers: MusterProcess[], path: string): Promise<MusterProcess> {
  const look = async () => {
    for (const worker of workers) if ((await worker.lines()).some((line) => isBegin(line, path))) return worker;
    return undefined;
  };
  return waitFor(look, { timeoutMs: 30_000, everyMs: 50, what: `a worker to begin ${path}` });
}

/** Kills the process of its own in which a worker executes a step that has killed two workers, and gives its pid. */
async function killChild(worker: MusterProcess, path: string) {
  await begun(worker, path);
  const started = (await worker.lines()).filter(({ event }) => event === 'process.started');
  const pid = started.at(-1)?.pid;
  if (started.length !== 2 || pid === undefined) throw new Error('the step was not isolated');
  process.kill(pid, 'SIGKILL');
  return pid;
}
