import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { addressGuard } from '@muster/adapters/addressGuard/addressGuard';
import { guardedAgents } from '@muster/adapters/addressGuard/guardedAgents';
import { readAllowList } from '@muster/adapters/addressGuard/readAllowList';
import { fileStoreFrom } from '@muster/adapters/fileStore';
import { paymentGateway } from '@muster/adapters/gateways/paymentGateway';
import { textGateway } from '@muster/adapters/gateways/textGateway';
import { outsideGuard } from '@muster/adapters/outsideGuard';
import { proveFileStore } from '@muster/adapters/proveFileStore';
import { describeQuery } from '@muster/adapters/redash/describeQuery';
import { redashSource } from '@muster/adapters/redash/redashSource';
import { type SftpDestination, sftpDestination } from '@muster/adapters/sftpDestination';
import { webhookReceiver } from '@muster/adapters/webhookReceiver';
import { openSecretBox } from '@muster/core/secretBox';
import { readCampaignTrial } from '@muster/db/campaignSecrets';
import { ledger } from '@muster/db/ledger';
import { openDatabase } from '@muster/db/openDatabase';
import { places } from '@muster/db/places';
import { proveSecretKey } from '@muster/db/proveSecretKey';
import { pinHostKey, readRunSecrets } from '@muster/db/runSecrets';
import { runStore } from '@muster/db/runStore';
import { watchSecretKey } from '@muster/db/watchSecretKey';
import { audience } from '@muster/directory/audience';
import { type QueryDescriber } from '@muster/pipeline/checkConnections';
import { type TaskDeps } from '@muster/pipeline/executeTask';
import { type StepDeps } from '@muster/pipeline/stepDeps';
import { type TidyDeps } from '@muster/pipeline/tidyTasks';
import { openQueues } from '@muster/queue/openQueues';
import { type Queues } from '@muster/queue/queues';
import { allowHttpFrom, type Config } from '@muster/runtime/config';
import { type ProcessContext } from '@muster/runtime/runProcess';
import { openMessages, type TextWork } from './openMessages.ts';
import { openSpool } from './openSpool.ts';
import { openTasks } from './openTasks.ts';

const MEGABYTE = 1024 * 1024;
const KEEP_SESSION_MS = 10_000; // the next of many small runs logs in no more; a server sees no idle connection for long
const DESCRIBE_WITHIN_MS = 20_000; // somebody waits for it

/** What a worker holds open. */
export interface OpenWorker {
  deps: StepDeps;
  tasks: TaskDeps & TidyDeps;
  messages: TextWork;
  queues: Queues;
  close(): Promise<void>;
}

/** Puts something between the steps and what they need. */
export type Refit = (deps: StepDeps) => StepDeps;

/** Who is told of what a worker cannot mend. */
export interface Troubles {
  /** A queue is heard no more. */
  onDeaf?: (queue: string) => void;
  /** Our secret key is no longer the database's. */
  onKeyReplaced?: () => void;
}

/**
 * What all texts and charges of a worker have of the database, however many of them wait for gateways: a flood of them leaves
 * the rest of PostgreSQL to the steps of runs, and to the API that takes in more.
 */
const TEXT_CONNECTIONS = 3;

/** Opens all that steps need: database, queue, files, and the outside. `prove` looks at the file store first. */
export async function openWorker(
  { config, log }: ProcessContext,
  { onDeaf = () => undefined, onKeyReplaced = () => undefined }: Troubles = {},
  prove = proveFileStore,
): Promise<OpenWorker> {
  const db = await connect({ config, log }, config.DATABASE_POOL);
  const textsDb = await connect({ config, log }, TEXT_CONNECTIONS);
  const box = openSecretBox({ key: config.MUSTER_SECRET_KEY });
  await proveSecretKey(db, box);
  const watch = watchSecretKey({ db, box, onReplaced: onKeyReplaced });
  const queues = await queuesFor({ config, log }, onDeaf);
  const spoolDirectory = await openSpool();
  const { describer, trialDestination, destination, gateways, ...ports } = outside({ config, log }, spoolDirectory);
  const deps: StepDeps = {
    ...ports,
    destination,
    audience: audience(db),
    runs: runStore(db, { leaseMs: config.LEASE_MS, holder: `${hostname()}, pid ${process.pid}` }),
    places: places(db, { placesPerCompany: config.PLACES_PER_COMPANY, quietMs: config.HEARTBEAT_MS }),
    deliveries: ledger(db),
    secrets: {
      read: (runId) => watch(() => readRunSecrets(db, box, runId)),
      pinHostKey: (runId, fingerprint) => pinHostKey(db, runId, fingerprint),
    },
    now: () => db.now(),
    doorbell: queues,
    taskBell: queues,
    store: await prove(fileStoreFrom(config.FILE_STORE_URL, { spoolDirectory, keepFreeMb: config.KEEP_FREE_MB }), log),
    log,
    ...timesOf(config),
  };
  const readTrial = (campaignId: string) => watch(() => readCampaignTrial(db, box, campaignId));
  const close = async () => {
    for (const each of [queues, destination, textsDb, db]) await each.close();
    await rm(spoolDirectory, { recursive: true, force: true });
  };
  return {
    deps,
    messages: openMessages({ ...gateways, db: textsDb, box, watch, log, times: deps.times }),
    tasks: openTasks({ ...deps, destination: trialDestination, db, readTrial, describer, spoolDirectory }),
    queues,
    close,
  };
}

function connect({ config, log }: Pick<ProcessContext, 'config' | 'log'>, poolSize: number) {
  return openDatabase({
    url: config.DATABASE_URL,
    poolSize,
    applicationName: 'muster-worker',
    onError: (error) => log.warn('database.connectionLost', { reason: error.message }),
  });
}

function queuesFor({ config, log }: Pick<ProcessContext, 'config' | 'log'>, onDeaf: (queue: string) => void) {
  return openQueues({
    redisUrl: config.REDIS_URL,
    databaseUrl: config.DATABASE_URL,
    prefix: config.QUEUE_PREFIX,
    log,
    settings: { lockDurationMs: config.QUEUE_LOCK_MS, stalledIntervalMs: config.QUEUE_LOCK_MS / 2 },
    watchdog: { afterMs: config.WATCHDOG_MS, onDeaf },
  });
}

interface Outside extends Pick<StepDeps, 'source' | 'outsideGuard'> {
  gateways: Pick<TextWork, 'texts' | 'payments' | 'receiver'>;
  destination: SftpDestination;
  /** Logs in anew each time: a check shall find out whether the server still takes the login. */
  trialDestination: SftpDestination;
  describer: QueryDescriber;
}

function outside({ config, log }: Pick<ProcessContext, 'config' | 'log'>, spoolDirectory: string): Outside {
  const guard = addressGuard({
    allow: readAllowList(config.ALLOW_ADDRESSES),
    onRefused: (refused) => log.warn('address.refused', { ...refused }),
  });
  const outwards = { allowHttp: allowHttpFrom(config.ALLOW_HTTP), agents: guardedAgents(guard) };
  const limits = { ...outwards, requestTimeoutMs: 60_000, maxBytes: config.REDASH_MAX_MB * MEGABYTE };
  const sftp = {
    guard,
    answerTimeoutMs: config.SFTP_ANSWER_MS,
    requireHostKeys: config.SFTP_HOST_KEYS === 'required',
  };
  return {
    source: redashSource({ ...limits, spoolDirectory, deadlineMs: config.REDASH_DEADLINE_MS }),
    describer: describeQuery({ ...limits, requestTimeoutMs: DESCRIBE_WITHIN_MS }),
    outsideGuard: outsideGuard(outwards), // its answers are small, whatever Redash may send
    gateways: {
      ...{ texts: textGateway(outwards), payments: paymentGateway(outwards) },
      receiver: webhookReceiver({ ...outwards, called: 'webhook of texts' }),
    },
    destination: sftpDestination({ ...sftp, perServer: config.SFTP_CONNECTIONS, idleMs: KEEP_SESSION_MS }),
    trialDestination: sftpDestination(sftp),
  };
}

function timesOf(config: Config): Pick<StepDeps, 'times' | 'retries'> {
  const { RETRY_WAITING_MS: waiting, RETRY_WORKING_MS: working } = config;
  return {
    times: { leaseMs: config.LEASE_MS, heartbeatMs: config.HEARTBEAT_MS },
    retries: { query: waiting, filter: working, export: working, upload: waiting, report: waiting },
  };
}
