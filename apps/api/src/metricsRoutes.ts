import { Router } from 'express';
import { type Database } from '@muster/core/database';
import { openKeyring } from '@muster/db/keyring';
import { type Queues } from '@muster/queue/queues';
import { type Metrics } from '@muster/runtime/metrics';
import { requireDashboardKey } from './dashboard/requireDashboardKey.ts';
import { gaugeQueues } from './gaugeQueues.ts';
import { gaugeRuns } from './gaugeRuns.ts';
import { gaugeTexts } from './gaugeTexts.ts';
import { type FailureLimit } from './limitFailures.ts';
import { steadyKeyring } from './steadyKeyring.ts';

export interface MetricsDeps {
  db: Database;
  /** The queues, once they are open. */
  openedQueues(): Queues | undefined;
  metrics: Metrics;
  failures?: FailureLimit;
  rememberKeysMs?: number;
}

const REMEMBER_KEYS_MS = 2_000;
const STEADY = { waitMs: 2_000, trustMs: 900_000 };

/** `/metrics` for Prometheus, to admins: the figures of this process, of the runs, the texts and the queues. Hold no ids. */
export function metricsRoutes({ db, openedQueues, metrics, ...deps }: MetricsDeps): Router {
  gaugeRuns(metrics, db);
  gaugeTexts(metrics, db);
  gaugeQueues(metrics, openedQueues);
  const keyring = openKeyring(db, { rememberMs: deps.rememberKeysMs ?? REMEMBER_KEYS_MS });
  const find = steadyKeyring((key) => keyring.find(key), STEADY);
  const router = Router();
  router.get('/metrics', requireDashboardKey({ find, failures: deps.failures }), async (_req, res) => {
    const { contentType, text } = await metrics.scrape();
    res.set('Content-Type', contentType).send(text);
  });
  return router;
}
