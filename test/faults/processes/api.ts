import { runProcess } from '@muster/runtime/runProcess';
import { startApi } from '@muster/api/startApi';
import { withApiCrashPoints } from './withApiCrashPoints.ts';

// The API as it is shipped (apps/api/src/main.ts), but that it dies where a test wants it to.
await runProcess('api', (context) => startApi(context, withApiCrashPoints));
