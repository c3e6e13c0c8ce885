import { runProcess } from '@muster/runtime/runProcess';
import { runOnly } from './runOnly.ts';
import { startWorker } from './startWorker.ts';

const [flag, name] = process.argv.slice(2);

await runProcess('worker', (context) =>
  flag === '--only' && name !== undefined ? runOnly(context, name) : startWorker(context),
);
