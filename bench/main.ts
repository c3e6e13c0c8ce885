import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildApps } from '../tools/buildApps.ts';
import { checkout } from '../tools/demo/checkout.ts';
import { stopList } from '../tools/demo/stopList.ts';
import { type Bench, type Case } from './bench.ts';
import { makeBorrowersDatabase } from './borrowers.ts';
import { cases } from './cases/cases.ts';
import { type Figure, isReached } from './figure.ts';
import { gatherLoopDelays } from './loopDelays.ts';
import { type BenchOptions, readOptions } from './readOptions.ts';
import { secondsOf } from './rounds.ts';
import { startServers } from './servers.ts';
import { sizesOf } from './sizes.ts';
import { tableOf } from './table.ts';

// `npm run bench`: what Muster takes, side by side with what somebody would use instead. See docs/performance.md.
const names = cases.map(({ name }) => name);
const started = stopList();
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void interrupt());

process.exitCode = await bench().catch(async (error: unknown) => {
  if (!interrupted) console.error(error instanceof Error ? error.message : error);
  return 1;
});

async function bench() {
  const options = readOptions(process.argv.slice(2), names);
  const startedAt = performance.now();
  try {
    await buildApps('bench/peers');
    const { figures, broken } = await measureAll(options);
    console.log(`\n${[tableOf(figures), ...broken].join('\n')}`);
    console.log(`\nin ${Math.round((performance.now() - startedAt) / 1_000)} s`);
    return figures.every(isReached) && broken.length === 0 ? 0 : 1;
  } finally {
    await started.stopAll();
  }
}

/** One case that breaks off does not take the others' figures along; what was measured so far is in the file already. */
async function measureAll(options: BenchOptions) {
  const benched = await openBench(options);
  const figures: Figure[] = [];
  const broken: string[] = [];
  for (const { name, measure } of wantedCases(options)) {
    benched.say(`${name} …`);
    const seconds = await secondsOf(async () => {
      try {
        figures.push(...(await measure(benched)));
      } catch (error) {
        broken.push(`${name}  missed (broken off: ${error instanceof Error ? error.message : String(error)})`);
      }
    });
    if (interrupted) break;
    await benched.servers.writeStatementCosts(join(benched.profiles ?? '', `statements-${name}.txt`));
    benched.say(`${name}: ${broken.at(-1)?.startsWith(`${name} `) ? 'broken off after ' : ''}${Math.round(seconds)} s`);
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  }
  return { figures, broken };
}

function wantedCases({ only, quick }: BenchOptions): Case[] {
  if (only.length > 0) return cases.filter(({ name }) => only.includes(name));
  return cases.filter(({ isQuick }) => isQuick || !quick);
}

async function openBench(options: BenchOptions): Promise<Bench> {
  const sizes = sizesOf(options);
  const profiles = options.profile ? join(checkout, '.cache', 'bench') : undefined;
  if (profiles !== undefined) {
    await rm(profiles, { recursive: true, force: true });
    await mkdir(profiles, { recursive: true });
  }
  const plans = profiles === undefined ? undefined : join(profiles, 'plans.log');
  const servers = await startServers(started, { onDisk: options.large, plans });
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  let borrowers: ReturnType<Bench['borrowers']> | undefined;
  return {
    ...{ sizes, servers, profiles, say, started, quick: options.quick, loops: gatherLoopDelays() },
    borrowers: () => {
      if (!borrowers) say(`making ${sizes.people.toLocaleString('en-US')} borrowers …`);
      return (borrowers ??= makeBorrowersDatabase(servers, sizes.people));
    },
  };
}

async function interrupt() {
  interrupted = true;
  process.stderr.write('stopping …\n');
  await started.stopAll();
  process.exit(130);
}
