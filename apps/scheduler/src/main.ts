import { fileStoreFrom } from '@muster/adapters/fileStore';
import { proveFileStore } from '@muster/adapters/proveFileStore';
import { openDatabase } from '@muster/db/openDatabase';
import { places } from '@muster/db/places';
import { runStore } from '@muster/db/runStore';
import { audience } from '@muster/directory/audience';
import { openQueues } from '@muster/queue/openQueues';
import { endItself, keyReplaced } from '@muster/runtime/endItself';
import { openMetrics } from '@muster/runtime/metrics';
import { runProcess } from '@muster/runtime/runProcess';
import { serveMetrics } from '@muster/runtime/serveMetrics';
import { meterScheduler } from './meterScheduler.ts';
import { openAlerts } from './openAlerts.ts';
import { startScheduler } from './startScheduler.ts';

const QUIET_MS = 2_000; // a ring younger than this is on its way
const FOLLOW_EVERY_MS = 5_000;
const COMPARE_EVERY_MS = 60_000;

await runProcess('scheduler', async (context) => {
  const { config, log } = context;
  const ending = endItself(context);
  const store = await proveFileStore(fileStoreFrom(config.FILE_STORE_URL, { keepFreeMb: config.KEEP_FREE_MB }), log);
  const metrics = openMetrics();
  const watched = await serveMetrics(metrics, config);
  const db = await openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    applicationName: 'muster-scheduler',
    onError: () => log.warn('database.connectionLost'),
  });
  const alerts = await openAlerts({ db, config, log, onKeyReplaced: () => ending.because(keyReplaced) });
  const queues = await openQueues({
    redisUrl: config.REDIS_URL,
    databaseUrl: config.DATABASE_URL,
    prefix: config.QUEUE_PREFIX,
    log,
    settings: { lockDurationMs: config.QUEUE_LOCK_MS, stalledIntervalMs: config.QUEUE_LOCK_MS / 2 },
  });
  const scheduler = await startScheduler({
    db,
    queues,
    doorbell: queues,
    runs: runStore(db, { leaseMs: config.LEASE_MS }),
    places: places(db, { placesPerCompany: config.PLACES_PER_COMPANY, quietMs: QUIET_MS }),
    store,
    audience: audience(db),
    alerts,
    log,
    meter: meterScheduler(metrics),
    times: {
      sweepEveryMs: config.SWEEP_EVERY_MS,
      healEveryMs: config.HEAL_EVERY_MS,
      followEveryMs: FOLLOW_EVERY_MS,
      compareEveryMs: COMPARE_EVERY_MS,
      stopWithinMs: config.STOP_WITHIN_MS,
      externalRunTimeoutMs: config.EXTERNAL_RUN_TIMEOUT_MS,
    },
  });
  const stop = async () => {
    await scheduler.stop();
    await queues.close();
    await db.close();
    await watched.close();
  };
  ending.stopBy(stop);
  return { stop };
});
