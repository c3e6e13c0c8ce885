import { addressGuard, type RefusedAddress } from '@muster/adapters/addressGuard/addressGuard';
import { guardedAgents } from '@muster/adapters/addressGuard/guardedAgents';
import { type AllowList, readAllowList } from '@muster/adapters/addressGuard/readAllowList';
import { fileStoreFrom } from '@muster/adapters/fileStore';
import { outsideGuard } from '@muster/adapters/outsideGuard';
import { proveFileStore } from '@muster/adapters/proveFileStore';
import { openSecretBox } from '@muster/core/secretBox';
import { openDatabase } from '@muster/db/openDatabase';
import { type Places } from '@muster/pipeline/runs';
import { places } from '@muster/db/places';
import { proveSecretKey } from '@muster/db/proveSecretKey';
import { ringAll } from '@muster/pipeline/ringAll';
import { openQueues } from '@muster/queue/openQueues';
import { type Queues } from '@muster/queue/queues';
import { allowHttpFrom } from '@muster/runtime/config';
import { type ProcessContext, type Started } from '@muster/runtime/runProcess';
import { endItself, keyReplaced } from '@muster/runtime/endItself';
import { openMetrics } from '@muster/runtime/metrics';
import { tokenIssuersFrom } from '@muster/runtime/tokenIssuersFrom';
import { createApi } from './createApi.ts';
import { type ApiDeps } from './deps.ts';
import { openLimits } from './openLimits.ts';
import { serveApi } from './serveApi.ts';
import { shareConnections } from './shareConnections.ts';

const QUIET_MS = 2_000;
const LONGEST_SILENCE_MS = 35_000; // the longest wait is that for a twin with the same Idempotency-Key: 30 s
const GUARD_ANSWERS_WITHIN_MS = 8_000; // somebody waits for it, too
const MEGABYTE = 1024 * 1024;
const SAVED_FOR_CLOSING_MS = 6_000; // of the time that a process has to stop

/** Puts something between the API and what it needs. */
export type Refit = (deps: ApiDeps) => ApiDeps;

/**
 * Opens what the API needs, and listens. The queue is opened meanwhile: a run is accepted without it. Tests of faults
 * refit what it gets.
 */
export async function startApi(context: ProcessContext, refit: Refit = (deps) => deps): Promise<Started> {
  const { config, log } = context;
  const ending = endItself(context);
  const allow = readAllowList(config.ALLOW_ADDRESSES); // first: a faulty entry is told before anything is connected to
  const files = await proveFileStore(fileStoreFrom(config.FILE_STORE_URL, { keepFreeMb: config.KEEP_FREE_MB }), log);
  const pool = await openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    applicationName: 'muster-api',
    shortStatements: true, // somebody waits for each
    silenceMs: LONGEST_SILENCE_MS,
    onError: () => log.warn('database.connectionLost'),
  });
  const db = shareConnections(pool, { most: config.CONNECTIONS_PER_COMPANY ?? Math.ceil(config.DATABASE_POOL / 2) });
  const box = openSecretBox({ key: config.MUSTER_SECRET_KEY });
  await proveSecretKey(db, box);
  const queue = openInBackground(context);
  const ringFor = beginRuns(
    context,
    queue,
    places(db, { placesPerCompany: config.PLACES_PER_COMPANY, quietMs: QUIET_MS }),
  );
  const deps: ApiDeps = {
    db,
    box,
    files,
    log,
    allow,
    allowHttp: allowHttpFrom(config.ALLOW_HTTP),
    outsideGuard: openGuard(context, allow),
    onRunAccepted: ringFor,
    ...bellsOf(queue),
    importMaxBytes: config.IMPORT_MAX_MB * MEGABYTE,
    maxFileBytes: config.FILE_MAX_MB * MEGABYTE,
    isQueueReachable: () => queue.isReachable(),
    onKeyReplaced: () => ending.because(keyReplaced),
    retryWithinMs: config.RETRY_WITHIN_MS,
    ...(await fromSettings(config)),
    seen: { metrics: openMetrics(), openedQueues: () => queue.opened(), jobDashboard: config.JOB_DASHBOARD },
  };
  const listening = await serveApi(createApi(refit(deps)), { host: config.HOST, port: config.PORT });
  log.info('api.listening', { url: listening.url });
  const stop = async () => {
    await listening.close(Math.max(0, config.STOP_WITHIN_MS - SAVED_FOR_CLOSING_MS));
    await queue.close();
    await db.close();
  };
  ending.stopBy(stop);
  return { stop };
}

/** Asks the guards of companies, at addresses that the operator allows. */
function openGuard({ config, log }: ProcessContext, allow: AllowList) {
  const onRefused = (refused: RefusedAddress) => log.warn('address.refused', { ...refused });
  return outsideGuard({
    agents: guardedAgents(addressGuard({ allow, onRefused })),
    allowHttp: allowHttpFrom(config.ALLOW_HTTP),
    requestTimeoutMs: GUARD_ANSWERS_WITHIN_MS / 2,
    withinMs: GUARD_ANSWERS_WITHIN_MS,
  });
}

/** What the operator's settings say of callers: whose tokens are taken, how much is let through, which proxies are believed. */
async function fromSettings(config: ProcessContext['config']) {
  return {
    ...(config.TRUSTED_PROXIES && { trustedProxies: config.TRUSTED_PROXIES }),
    ...(config.TOKEN_URL && { tokenUrl: config.TOKEN_URL }),
    tokens: {
      issuers: await tokenIssuersFrom(config.JWT_ISSUERS, allowHttpFrom(config.ALLOW_HTTP)),
      maxAgeMs: config.JWT_MAX_AGE_MS,
    },
    limits: openLimits({
      requestsPerMinute: config.RATE_LIMIT_PER_MINUTE,
      companyRequestsPerMinute: config.COMPANY_RATE_LIMIT_PER_MINUTE,
      carrierRequestsPerMinute: config.CARRIER_RATE_LIMIT_PER_MINUTE,
      runStartsPerMinute: config.RUN_STARTS_PER_MINUTE,
      inFlightPerCompany: config.MAX_IN_FLIGHT_PER_COMPANY,
      failuresPerMinute: config.WRONG_CREDENTIALS_PER_MINUTE,
      wrongShortLinksPerMinute: config.WRONG_SHORT_LINKS_PER_MINUTE,
    }),
  };
}

/** Gives a company's new run its place and rings for it. What fails here the healer does. */
function beginRuns({ log }: ProcessContext, queue: BackgroundQueue, { fill }: Places) {
  return async (companyId: string) => {
    const doorbell = queue.opened();
    if (doorbell) await ringAll({ doorbell, log }, await fill(companyId));
  };
}

/** Workers are told of what was accepted, where there is a queue: they look by themselves, too. */
function bellsOf(queue: BackgroundQueue): Pick<ApiDeps, 'onTaskAccepted' | 'onMessagesStored'> {
  return {
    onTaskAccepted: async (name, taskId) => queue.opened()?.ringTask(name, taskId),
    onMessagesStored: async (guids) => queue.opened()?.ringTasks('messages', guids),
  };
}

interface BackgroundQueue {
  opened(): Queues | undefined;
  isReachable(): Promise<boolean>;
  close(): Promise<void>;
}

function openInBackground({ config, log, giveUp }: ProcessContext): BackgroundQueue {
  const closing = new AbortController();
  let queues: Queues | undefined;
  const opening = openQueues({
    redisUrl: config.REDIS_URL,
    databaseUrl: config.DATABASE_URL,
    prefix: config.QUEUE_PREFIX,
    log,
    signal: closing.signal,
  }).then(
    (opened) => void (queues = opened),
    (error: unknown) => {
      if (!closing.signal.aborted) giveUp('the queue cannot be used', error); // a store that must not be trusted
    },
  );
  return {
    opened: () => queues,
    isReachable: async () => {
      await queues?.ping();
      return queues !== undefined;
    },
    close: async () => {
      closing.abort();
      await opening;
      await queues?.close();
    },
  };
}
