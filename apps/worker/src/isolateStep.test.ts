import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NotReady } from '@muster/core/errors';
import { fakeLog } from '@muster/testing/fakeLog';
import { isAlive } from '@muster/testing/isAlive';
import { isolateStep } from './isolateStep.ts';

const LEASE_MS = 500;
const START_MS = 4_000;
const beats = (everyMs: number) => `setInterval(() => process.send({ beat: true }), ${everyMs}).unref();`;
const endAfter = (ms: number) => `setTimeout(() => process.exit(0), ${ms});`;

let directory: string;
let log: ReturnType<typeof fakeLog>;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-isolate-'));
  log = fakeLog();
});
afterEach(async () => {
  const pid = await pidOfChild();
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await rm(directory, { recursive: true });
});

const pidFile = () => join(directory, 'pid');
const pidOfChild = async () => Number(await readFile(pidFile(), 'utf8'));

/** Runs a step in a child that does this. */
async function isolate(script: string) {
  const main = join(directory, 'child.mjs');
  await writeFile(
    main,
    `import { writeFileSync } from 'node:fs'; writeFileSync('${pidFile()}', String(process.pid)); ${script}`,
  );
  const onKeyReplaced = () => log.error('told');
  const isolated = isolateStep({ leaseMs: LEASE_MS, startMs: START_MS, main, onKeyReplaced });
  await isolated({ runId: 'RN-1', step: 'query' }, { stop: new AbortController().signal, log });
}

const events = () => log.lines.map(({ event }) => event);

it('kills a child that blocks for ever, leaves none, and has the step asked for again', async () => {
  const over = isolate(`${beats(50)} setTimeout(() => { for (;;); }, 200);`);

  await expect(over).rejects.toBeInstanceOf(NotReady);
  await expect(over).rejects.toMatchObject({ retryAfterMs: LEASE_MS });
  expect(isAlive(await pidOfChild())).toBe(false);
  expect(events()).toEqual(['step.isolated', 'step.hangs', 'step.crashed']);
});

it('kills a child that never comes so far as to beat, later', async () => {
  const begunMs = performance.now();
  await expect(isolate('for (;;);')).rejects.toBeInstanceOf(NotReady);

  expect(performance.now() - begunMs).toBeGreaterThan(START_MS);
  expect(isAlive(await pidOfChild())).toBe(false);
});

it('leaves a child alone that beats, however long it takes, and one that starts slowly', async () => {
  await isolate(`setTimeout(() => { ${beats(50)} }, 1_000); ${endAfter(4_500)}`);
  expect(events()).toEqual(['step.isolated']);
});

it('asks again when the child has said, whatever it said after that', async () => {
  const later = `process.send({ retryAfterMs: 12_345 }); process.send({ beat: true });`;
  await expect(isolate(`${later} setTimeout(() => process.exit(75), 50);`)).rejects.toMatchObject({
    retryAfterMs: 12_345,
  });
  expect(events()).toEqual(['step.isolated']);
});

it('hears of a child that finds the secret key replaced', async () => {
  const over = isolate(`process.send({ keyReplaced: true }, () => process.exit(1));`);
  await expect(over).rejects.toBeInstanceOf(NotReady);
  expect(events()).toEqual(['step.isolated', 'told', 'step.crashed']);
});
