import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { MOST_CHECKS, type OutsideCheck, type OutsideGuard } from '@muster/pipeline/outsideGuard';
import { type GuardedAgents } from './addressGuard/guardedAgents.ts';
import { postChecks } from './guard/postChecks.ts';
import { readResults } from './guard/readResults.ts';
import { type AllowHttp, hostToAsk } from './outward/hostToAsk.ts';
import { deadlineIn } from './redash/deadline.ts';

/** How the guards of companies are asked. */
export interface OutsideGuardSettings {
  /** Who makes the connections, to checked addresses only. */
  agents: GuardedAgents;
  /** Whether a guard may be asked without encryption. */
  allowHttp: AllowHttp;
  /** For one request, until the last byte of its answer, however lively it trickles; default 20 s. */
  requestTimeoutMs?: number;
  /** For a batch, with all its tries and the waits between them; default 60 s. */
  withinMs?: number;
  /** The most bytes of an answer; default 1 MiB, ten times what 500 results take. */
  maxBytes?: number;
  /** The longest wait before the second try, doubled before each one more; default 500 ms. */
  pauseMs?: number;
}

const MOST_TRIES = 5;

/** The guards that companies name, asked over HTTPS. Follows no redirect, sends no credentials, remembers no answer. */
export function outsideGuard({
  requestTimeoutMs = 20_000,
  withinMs = 60_000,
  maxBytes = 1024 * 1024,
  pauseMs = 500,
  ...who
}: OutsideGuardSettings): OutsideGuard {
  const ask = async ({ url, checks, signal, leftMs = Infinity }: Batch) => {
    const host = hostOf(url, who.allowHttp);
    const timeoutMs = Math.min(requestTimeoutMs, leftMs);
    const request = { url, host, body: { checks }, agents: who.agents, signal, timeoutMs, maxBytes };
    return readResults(await postChecks(request), { host, refs: checks.map(({ ref }) => ref) });
  };
  return {
    async check(url, checks, signal) {
      if (checks.length > MOST_CHECKS) throw new Error(`a guard is asked about ${MOST_CHECKS} contacts at most`);
      signal.throwIfAborted();
      if (checks.length === 0) return new Map();
      const deadline = deadlineIn(withinMs);
      for (let tries = 1; ; tries++) {
        try {
          return await ask({ url, checks, signal, leftMs: deadline.leftMs() });
        } catch (error) {
          const waitMs = waitAfter(error, pauseMs * 2 ** (tries - 1));
          if (waitMs === undefined || tries >= MOST_TRIES || waitMs >= deadline.leftMs()) throw error;
          await deadline.pause(waitMs, signal);
        }
      }
    },
    probe: async (url, signal) => {
      await ask({ url, checks: [], signal });
    },
  };
}

interface Batch {
  url: string;
  checks: readonly OutsideCheck[];
  signal: AbortSignal;
  /** What is left of the time of all its tries. */
  leftMs?: number;
}

/** How long to wait before the next try, of a time by chance lest all come back at once; undefined: there is to be none. */
function waitAfter(error: unknown, longestMs: number): number | undefined {
  if (!(error instanceof TemporaryFailure)) return undefined;
  const { retryAfterMs } = error.details;
  return Math.max(Math.random() * longestMs, typeof retryAfterMs === 'number' ? retryAfterMs : 0);
}

function hostOf(url: string, allowHttp: AllowHttp): string {
  const { host, mayAsk } = hostToAsk(url, allowHttp);
  if (mayAsk) return host;
  const say =
    `The company's compliance guard${host && ` at ${host}`} is to be asked without encryption, where anybody on the way could ` +
    'answer in its place: use https in complianceGuardUrl, or let the operator add it to ALLOW_HTTP.';
  throw new PermanentFailure('outsideGuardNotEncrypted', say, { details: { host } });
}
