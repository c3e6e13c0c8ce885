import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { checkout } from './checkout.ts';
import { claimHome } from './claimHome.ts';
import { openDemoHome } from './demoHome.ts';
import { explainFailure } from './explainFailure.ts';
import { type DemoOptions, readOptions, usage } from './readOptions.ts';
import { runDemo } from './runDemo.ts';
import { stopList } from './stopList.ts';
import { watchAncestors } from './watchAncestors.ts';

const STOP_WITHIN_MS = 9_500;
const ONE_KEYSTROKE_MS = 500; // npm may pass on a Ctrl-C that the terminal has sent us already
const INTERRUPTED = 130;
const LAST_WORD_MS = 500;

const say = (line: string) => console.log(line);
const options = readOrExit();
const directory = resolve(options.home ?? `${checkout}/.demo`);
const started = stopList();
let stoppingSince: number | undefined;
let release = () => undefined as unknown;
let isUp = false;

/** Ends the demo, everything in order; what does not stop in time is ended by its guard. */
async function stop(code: number): Promise<void> {
  if (stoppingSince !== undefined) return;
  stoppingSince = performance.now();
  setTimeout(() => process.exit(code || 1), STOP_WITHIN_MS);
  await started.stopAll();
  release();
  process.exit(code);
}

function onSignal() {
  if (stoppingSince !== undefined && performance.now() - stoppingSince > ONE_KEYSTROKE_MS) process.exit(INTERRUPTED);
  if (stoppingSince === undefined) say('\nStopping …');
  void stop(isUp ? 0 : INTERRUPTED);
}

async function fail(message: string): Promise<void> {
  if (stoppingSince !== undefined) return; // what breaks while we stop is no news
  console.error(`\n${message}`);
  await stop(1);
}

function readOrExit(): DemoOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

if (options.help) {
  say(usage);
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
watchAncestors(() => void stop(1));
try {
  release = claimHome(directory);
  const home = await openDemoHome(directory, options);
  const onLost = ({ name, logFile }: { name: string; logFile: string }) =>
    void fail(`The ${name} has ended by itself; the end of ${logFile} says why.`);
  const succeeded = await runDemo({ home, started, say, onLost });
  if (options.once) await stop(succeeded ? 0 : 1);
  isUp = true;
  say('\nCtrl-C ends it; the next start goes on with these data, `npm run demo -- --fresh` begins anew.');
} catch (error) {
  await pause(LAST_WORD_MS); // where a server has ended, that is the news, and not what failed for want of it
  await fail(explainFailure(error, directory));
}
