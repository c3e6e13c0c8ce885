import { runProcess } from '@muster/runtime/runProcess';
import { runOnly } from '@muster/worker/runOnly';
import { startWorker } from '@muster/worker/startWorker';
import { withCrashPoints } from './withCrashPoints.ts';

// The worker as it is shipped (apps/worker/src/main.ts), but that it dies where a test wants it to.
const [flag, name] = process.argv.slice(2);

await runProcess('worker', (context) =>
  flag === '--only' && name !== undefined
    ? runOnly(context, name, withCrashPoints)
    : startWorker(context, withCrashPoints),
);
