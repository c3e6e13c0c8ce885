import { codeOf, NotReady } from '@muster/core/errors';
import { executeStep } from '@muster/pipeline/executeStep';
import { type StepJob, type StepName } from '@muster/pipeline/run';
import { type ProcessContext, type Started } from '@muster/runtime/runProcess';
import { endWithParent } from './endWithParent.ts';
import { type ChildMessage, LATER } from './isolateStep.ts';
import { openWorker, type Refit } from './openWorker.ts';
import { tellParent } from './tellParent.ts';

/** `worker --only run/step`: executes this one step, which has killed two workers, and ends. */
export async function runOnly(context: ProcessContext, name: string, refit: Refit = (deps) => deps): Promise<Started> {
  const [runId = '', step = ''] = name.split('/');
  process.on('disconnect', () => process.exit(1)); // the worker that waits for us is gone
  beat(context.config.HEARTBEAT_MS);
  endWithParent(context.config.HEARTBEAT_MS);
  // the file store was proven by the worker that waits; one that is away now is for the step to wait for, and no crash
  const { deps: opened, close } = await openWorker(context, {}, async (store) => store).catch(tellKeyReplaced);
  const deps = refit(opened);
  const stop = new AbortController();
  const done = execute({ runId, step: step as StepName }, (job) => executeStep(job, deps, stop.signal));
  void done.then(
    async (code) => {
      await close();
      process.exit(code);
    },
    (error: unknown) => context.giveUp('the isolated step failed', error),
  );
  return {
    stop: async () => {
      stop.abort();
      await done;
      await close();
    },
  };
}

/** Tells the worker that waits for us that we are not blocked. */
function beat(everyMs: number) {
  const tell = () => tellParent({ beat: true });
  tell();
  setInterval(tell, everyMs).unref();
}

/** It started with the key that we have: if ours is the wrong one, so is its own by now. */
async function tellKeyReplaced(error: unknown): Promise<never> {
  const told: ChildMessage = { keyReplaced: true };
  if (codeOf(error) === 'wrongSecretKey' && process.connected) await new Promise((sent) => process.send?.(told, sent));
  throw error;
}

async function execute(job: StepJob, run: (job: StepJob) => Promise<void>): Promise<number> {
  try {
    await run(job);
    return 0;
  } catch (error) {
    if (!(error instanceof NotReady)) throw error;
    tellParent({ retryAfterMs: error.retryAfterMs });
    return LATER;
  }
}
