import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { type DemoHome } from './demoHome.ts';

/** Variables of whoever starts the demo that reach its processes; nothing else does, least of all a DATABASE_URL. */
const PASSED_ON = ['HOME', 'TMPDIR', 'REDIS_URL', 'LOG_LEVEL', 'TZ'];
const STOP_WITHIN_MS = 6_000;

/** What the processes are given. */
export type DemoEnv = Record<string, string> & { DATABASE_URL: string };

/** The environment of the demo's processes. What stands in for the outside is on this machine, and asked by plain http. */
export function demoEnvironment(
  home: DemoHome,
  { databaseUrl, redashUrl, gateways }: { databaseUrl: string; redashUrl: string; gateways: string },
): DemoEnv {
  const passedOn = PASSED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  return {
    ...(Object.fromEntries(passedOn) as Record<string, string>),
    DATABASE_URL: databaseUrl,
    FILE_STORE_URL: pathToFileURL(home.files).href,
    MUSTER_SECRET_KEY: home.kept.secretKey,
    QUEUE_PREFIX: `{muster-demo-${nameOf(home.directory)}}`,
    ALLOW_HTTP: withTheirs('ALLOW_HTTP', `${new URL(redashUrl).host},${gateways}`),
    ALLOW_ADDRESSES: withTheirs('ALLOW_ADDRESSES', '127.0.0.1:*'),
    HOST: '127.0.0.1',
    STOP_WITHIN_MS: String(STOP_WITHIN_MS),
  };
}

/** What whoever starts the demo allows beside what it needs: a webhook to try, say. */
function withTheirs(name: string, ours: string) {
  return [ours, process.env[name]].filter(Boolean).join(',');
}

// On a Redis that others use too, each checkout has its own keys, and the next start finds those of the last.
function nameOf(directory: string) {
  return createHash('sha256').update(directory).digest('hex').slice(0, 8);
}
