import { InvalidInput } from '@muster/core/errors';
import { fieldsOf, integerText, type Notes, oneOf, pattern, text } from '@muster/core/fields';
import { valid } from '@muster/core/valid';
import { refuseOddFileStore } from './refuseOddFileStore.ts';
import { refuseOddProxies } from './refuseOddProxies.ts';
import { tokenIssuersFrom } from './tokenIssuersFrom.ts';

const url = (scheme: string, example: string, notes: Omit<Notes, 'nullable' | 'example'>) =>
  pattern(new RegExp(`^${scheme}://`), { ...notes, message: `must look like ${example}` });
const milliseconds = (description: string, min = 10) =>
  integerText({ optional: true, min, max: 86_400_000, description });
const perMinute = (description: string) => integerText({ optional: true, min: 0, max: 10_000_000, description });

/** The settings of all processes, by the names of their environment variables; those with a value here have that default. */
export class Environment {
  @url('postgres(ql)?', 'postgres://user:password@host:5432/muster', {
    description: 'The database that holds the truth',
  })
  DATABASE_URL!: string;
  @url('rediss?', 'redis://host:6379', {
    optional: true,
    description: 'The queue. Without it the queue is in PostgreSQL: for trials and small installations',
  })
  REDIS_URL?: string;
  @url('(file|s3)', 'file:///var/lib/muster/files or s3://bucket/prefix?region=eu-central-1', {
    rule: refuseOddFileStore,
    description:
      'Where the files of runs are kept: a directory that is there, or s3://bucket/prefix?region=…, with &endpoint=https://… where it is not Amazon’s',
  })
  FILE_STORE_URL!: string;
  @pattern(/^[A-Za-z0-9+/]{43}=$/, {
    message: 'must be 32 random bytes in base64: make them with `openssl rand -base64 32`',
    description: 'The key that secrets are sealed with; 32 bytes in base64',
  })
  MUSTER_SECRET_KEY!: string;
  @text({ optional: true, description: 'Prefix of the keys in Redis' })
  QUEUE_PREFIX = '{muster}';
  @text({
    optional: true,
    max: 2000,
    description:
      'host:port pairs, separated by commas, that may be asked by plain http; for trials. `*` stands for any port',
  })
  ALLOW_HTTP = '';
  @text({
    optional: true,
    max: 10_000,
    description:
      'Where Redash and SFTP servers may be beside public addresses at usual ports (443; 22, 23, 2022, 2222): names, addresses and CIDR ranges, separated by commas, each as it is, with its port, or with `:*` for any',
  })
  ALLOW_ADDRESSES = '';

  @text({
    optional: true,
    max: 100_000,
    lines: true,
    description:
      'Whose bearer tokens (JWT) are taken: a JSON list of {"issuer", "audience", "jwksUrl"}, or "jwks" with the keys themselves; "companies" holds an issuer to the companies that it names',
  })
  JWT_ISSUERS = '';
  @milliseconds('The longest that a bearer token may live, from its iat to its exp', 1000)
  JWT_MAX_AGE_MS = 3_600_000;
  @perMinute('Requests of one API key or token per minute; each API process counts its own. 0 is no limit')
  RATE_LIMIT_PER_MINUTE = 6_000;
  @perMinute('Requests of one company per minute, whatever its keys; each API process counts its own. 0 is no limit')
  COMPANY_RATE_LIMIT_PER_MINUTE = 30_000;
  @perMinute(
    'Requests of one key of the role carrier per minute, in place of both; each API process counts its own. 0 is no limit',
  )
  CARRIER_RATE_LIMIT_PER_MINUTE = 60_000;
  @perMinute('Runs that one company may start per minute; each API process counts its own. 0 is no limit')
  RUN_STARTS_PER_MINUTE = 600;
  @integerText({
    optional: true,
    min: 0,
    max: 100_000,
    description: 'Requests of one company under way at a time; each API process counts its own. 0 is no limit',
  })
  MAX_IN_FLIGHT_PER_COMPANY = 100;
  @perMinute('Wrong credentials of one address per minute; each API process counts its own. 0 is no limit')
  WRONG_CREDENTIALS_PER_MINUTE = 60;
  @perMinute(
    'Short addresses of one address, which a carrier may give to thousands of phones, that lead nowhere, per minute; each API process counts its own. 0 is no limit',
  )
  WRONG_SHORT_LINKS_PER_MINUTE = 60;

  @text({
    optional: true,
    max: 2000,
    rule: refuseOddProxies,
    description:
      'Proxies whose word of the caller’s address (X-Forwarded-For) is taken: addresses and ranges, separated by commas',
  })
  TRUSTED_PROXIES = '';
  @text({ optional: true, max: 2000, description: 'Where clients get bearer tokens: shown in the API’s description' })
  TOKEN_URL = '';
  @text({ optional: true, description: 'The address that the API listens on' })
  HOST = '127.0.0.1';
  @integerText({ optional: true, min: 0, max: 65_535, description: 'The port of the API; 0 takes a free one' })
  PORT = 3000;
  @text({
    optional: true,
    max: 2000,
    description:
      'The queues that a worker takes: all, or some of the steps query,filter,export,upload,report and of previews,imports,messages',
  })
  WORKER_QUEUES = 'all';
  @integerText({
    optional: true,
    min: 1,
    max: 500,
    description: 'query, upload and report steps of one worker at a time: they mostly wait',
  })
  WAITING_CONCURRENCY = 50;
  @integerText({
    optional: true,
    min: 1,
    max: 100,
    description: 'filter and export steps of one worker at a time: they keep the database busy',
  })
  WORKING_CONCURRENCY = 2;
  @integerText({
    optional: true,
    min: 1,
    max: 100,
    description: 'previews of campaigns and checks of connections of one worker at a time',
  })
  PREVIEW_CONCURRENCY = 4;
  @integerText({ optional: true, min: 1, max: 20, description: 'bulk loads of one worker at a time' })
  IMPORT_CONCURRENCY = 1;
  @integerText({
    optional: true,
    min: 1,
    max: 500,
    description: 'texts that came in that one worker handles at a time: they mostly wait for gateways',
  })
  MESSAGE_CONCURRENCY = 20;
  @integerText({ optional: true, min: 1, max: 100_000, description: 'The largest body of a bulk load, in megabytes' })
  IMPORT_MAX_MB = 4_096;
  @integerText({
    optional: true,
    min: 1,
    max: 1000,
    description: 'Connections of one process to PostgreSQL, beside those of the queue',
  })
  DATABASE_POOL = 20;
  @integerText({
    optional: true,
    min: 0,
    max: 1000,
    description:
      'Connections of an API process that one company may have at a time; half of DATABASE_POOL where absent, 0 is no limit',
  })
  CONNECTIONS_PER_COMPANY?: number;
  @integerText({
    optional: true,
    min: 1,
    max: 1000,
    description: 'Open runs of one company that are worked on at a time',
  })
  PLACES_PER_COMPANY = 10;

  @milliseconds('How long a step is held without a heartbeat', 200)
  LEASE_MS = 10_000;
  @milliseconds('How often a held step renews its lease')
  HEARTBEAT_MS = 2_000;
  @milliseconds('How often the scheduler looks for what was lost: a lost ring is rung for again within two rounds')
  HEAL_EVERY_MS = 5_000;
  @milliseconds('How often the scheduler looks for due slots')
  SWEEP_EVERY_MS = 2_000;
  @milliseconds('How long the queue waits before it takes a silent worker for dead', 1000)
  QUEUE_LOCK_MS = 15_000;
  @milliseconds('How long a worker may take nothing from a queue that has jobs for it, before it ends itself', 100)
  WATCHDOG_MS = 60_000;
  @milliseconds('How long a process may take to stop', 1000)
  STOP_WITHIN_MS = 20_000;
  @milliseconds('How long a query may take in Redash', 1000)
  REDASH_DEADLINE_MS = 3_600_000;
  @integerText({
    optional: true,
    min: 0,
    max: 1_000_000,
    description: 'Megabytes that a disk of the file store shall have left: no file is begun on one with less',
  })
  KEEP_FREE_MB = 256;
  @integerText({ optional: true, min: 1, description: 'The largest answer of Redash, in megabytes' })
  REDASH_MAX_MB = 1_024;
  @milliseconds('How long an SFTP server may be silent', 1000)
  SFTP_ANSWER_MS = 20_000;
  @integerText({
    optional: true,
    min: 1,
    max: 100,
    description: 'Connections of one worker to one SFTP server; deliveries beyond that wait for their turn',
  })
  SFTP_CONNECTIONS = 8;
  @oneOf(['first', 'required'], {
    optional: true,
    description:
      'Which host key of an SFTP server is taken where its campaign names none: the first one seen (first), or none (required)',
  })
  SFTP_HOST_KEYS: 'first' | 'required' = 'first';
  @milliseconds('For how long a failing query, upload or report step is tried again', 0)
  RETRY_WAITING_MS = 3_600_000;
  @milliseconds('For how long a failing filter or export step is tried again', 0)
  RETRY_WORKING_MS = 900_000;
  @integerText({
    optional: true,
    min: 10,
    max: 2_592_000_000,
    description: 'How long an outside worker may report nothing of its run before that fails',
  })
  EXTERNAL_RUN_TIMEOUT_MS = 86_400_000;
  @integerText({
    optional: true,
    min: 1000,
    max: 2_592_000_000,
    description:
      "How old a run's query result may be when the run is retried, in milliseconds: people may have paid since",
  })
  RETRY_WITHIN_MS = 86_400_000;
  @integerText({
    optional: true,
    min: 1,
    max: 1_000_000,
    description: 'The largest file that may be put, in megabytes',
  })
  FILE_MAX_MB = 1_024;
  @text({ optional: true, description: 'The address of METRICS_PORT' })
  METRICS_HOST = '127.0.0.1';
  @integerText({
    optional: true,
    min: 0,
    max: 65_535,
    description: 'Where a worker or scheduler serves /metrics and /livez, to everybody who reaches it; 0 is nowhere',
  })
  METRICS_PORT = 0;
  @oneOf(['off', 'read', 'write'], {
    optional: true,
    description: 'The dashboard of jobs at /queues of the API: off, read (look only) or write (retry, pause, remove)',
  })
  JOB_DASHBOARD: 'off' | 'read' | 'write' = 'read';
  @oneOf(['debug', 'info', 'warn', 'error'], { optional: true, description: 'How much is logged' })
  LOG_LEVEL: 'debug' | 'info' | 'warn' | 'error' = 'info';
}

export type Config = Readonly<Environment>;

/**
 * Reads the settings from environment variables; those that are empty count as absent, and those of others are left alone.
 * Throws InvalidInput naming every faulty variable.
 */
export async function readConfig(environment: Readonly<Record<string, string | undefined>>): Promise<Config> {
  const own = [...fieldsOf(Environment).keys()].filter((name) => environment[name]);
  const [settings, issuers] = await Promise.allSettled([
    valid(Environment, Object.fromEntries(own.map((name) => [name, environment[name]]))),
    tokenIssuersFrom(environment['JWT_ISSUERS'] ?? '', allowHttpFrom(environment['ALLOW_HTTP'] ?? '')),
  ]);
  if (settings.status === 'fulfilled' && issuers.status === 'fulfilled') return Object.freeze(settings.value);
  throw together([settings, issuers].flatMap((part) => (part.status === 'rejected' ? [part.reason as unknown] : [])));
}

/** One error with the faults of all; a bug as it is. */
function together(errors: unknown[]): unknown {
  const bug = errors.find((error) => !(error instanceof InvalidInput));
  return bug ?? new InvalidInput(errors.flatMap((error) => (error as InvalidInput).faults));
}

/** Whether an address may be asked by plain http, as `ALLOW_HTTP` lists them. */
export function allowHttpFrom(list: string): (host: string, port: number) => boolean {
  const allowed = new Set(list.split(',').map((entry) => entry.trim().toLowerCase()));
  return (host, port) => allowed.has(`${host.toLowerCase()}:${port}`) || allowed.has(`${host.toLowerCase()}:*`);
}

/** What is wrong with the settings, one line each, for a person at a terminal. */
export function explainConfig(error: InvalidInput): string {
  return ['The settings are not complete:', ...error.faults.map(({ field, message }) => `  ${field} ${message}`)].join(
    '\n',
  );
}
