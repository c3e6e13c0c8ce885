import { runProcess } from '@muster/runtime/runProcess';
import { startApi } from './startApi.ts';

await runProcess('api', startApi);
