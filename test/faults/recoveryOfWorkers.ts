import { holdInQuery, holdInUpload } from '../e2e/heldRuns.ts';
import { type MusterProcess } from '../e2e/startProcess.ts';
import { type Figure } from './figures.ts';
import { type RecoveryHouse, runIdOf, shippedTimes } from './recoveryHouse.ts';

const SAVED_FOR_CLOSING_MS = 6_000; // as in apps/worker/src/startWorker.ts

/** Kills the worker of two runs, again and again: how long until each is worked on elsewhere. */
export async function measureKills(house: RecoveryHouse, times: number): Promise<Figure[]> {
  const values: number[] = [];
  for (let kill = 0; kill < times; kill++) {
    const { old, others, held } = await holdOnOne(house);
    const killedMs = Date.now();
    await old.kill();
    const begun = await Promise.all(
      held.map(({ path }) => house.untilBegun(others, { runId: runIdOf(path), sinceMs: killedMs })),
    );
    values.push(...begun.map((atMs) => atMs - killedMs));
    await end(house, old, held);
  }
  return [{ name: 'killed worker to resumed step', unit: 'ms', values, wanted: { p95: 30_000, max: 45_000 } }];
}

/** Tells the worker of two runs that do not end to stop: how long until it is gone, and from when it gives them back until they go on. */
export async function measureDrain(house: RecoveryHouse, times: number): Promise<Figure[]> {
  const drains: number[] = [];
  const handOvers: number[] = [];
  for (let stop = 0; stop < times; stop++) {
    const { old, others, held } = await holdOnOne(house);
    const toldMs = Date.now();
    const begun = Promise.all(
      held.map(({ path }) => house.untilBegun(others, { runId: runIdOf(path), sinceMs: toldMs })),
    );
    process.kill(old.pid, 'SIGTERM'); // stop() would kill it after 10 s
    const ended = old.ended().then((code) => ({ code, tookMs: Date.now() - toldMs }));
    const [{ code, tookMs }, resumed] = await Promise.all([ended, begun]);
    drains.push(tookMs);
    if (code !== 0) throw new Error(`the worker ended with ${code}`);
    const givesBackMs = toldMs + shippedTimes.STOP_WITHIN_MS - SAVED_FOR_CLOSING_MS;
    handOvers.push(...resumed.map((atMs) => atMs - givesBackMs));
    await end(house, old, held);
  }
  return [
    { name: 'SIGTERM to the end of the process', unit: 'ms', values: drains, wanted: { max: 20_000 } },
    { name: 'given back to resumed step', unit: 'ms', values: handOvers, wanted: { max: 2_000 } },
  ];
}

type Held = Awaited<ReturnType<typeof holdOnOne>>['held'];

/** Holds a run in query and one in upload on one worker, which alone is up meanwhile; then another comes. */
async function holdOnOne(house: RecoveryHouse) {
  const [old, spare] = house.workers as [MusterProcess, MusterProcess | undefined];
  if (spare) {
    await spare.stop();
    house.workers.splice(1, 1);
  }
  const held = [await holdInUpload(house.house), await holdInQuery(house.house)];
  const other = await house.startWorker();
  house.workers.push(other);
  return { old, others: [other], held };
}

async function end(house: RecoveryHouse, old: MusterProcess, held: Held) {
  house.workers.splice(house.workers.indexOf(old), 1);
  await Promise.all(held.map(({ letGo }) => letGo()));
  await house.untilSucceeded(held.map(({ path }) => path));
}
