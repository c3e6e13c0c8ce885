import got from 'got';
import { type IncomingHttpHeaders } from 'node:http';
import { MusterError } from '@muster/core/errors';
import { type WebhookReceiver, type WebhookMessage } from '@muster/pipeline/webhookReceiver';
import { type GuardedAgents } from './addressGuard/guardedAgents.ts';
import { connectionTrouble } from './outward/connectionTrouble.ts';
import { type AllowHttp, hostToAsk } from './outward/hostToAsk.ts';
import { signWebhook } from './webhook/signWebhook.ts';
import {
  type NamedWebhook,
  webhookNotEncrypted,
  webhookRefusal,
  webhookUnavailable,
  webhookUntrusted,
} from './webhook/webhookFailures.ts';

/** How the webhooks of companies are told. */
export interface WebhookSettings {
  /** What they are called in what is said of them: goes on with `the`. */
  called: string;
  /** Who makes the connections, to checked addresses only. */
  agents: GuardedAgents;
  /** Whether a webhook may be told without encryption. */
  allowHttp: AllowHttp;
  /** From the look-up of its name to its answer, however lively it trickles; default 15 s. */
  timeoutMs?: number;
}

/** The webhooks that companies name, told over HTTPS. Of an answer only the status counts: its body is never read. */
export function webhookReceiver(settings: WebhookSettings): WebhookReceiver {
  const { called, agents, allowHttp, timeoutMs = 15_000 } = settings;
  return {
    async send(message, signal) {
      const { host, mayAsk } = hostToAsk(message.url, allowHttp);
      const webhook = { called, host };
      if (!mayAsk) throw webhookNotEncrypted(webhook);
      signal.throwIfAborted();
      const stop = new AbortController();
      const onAbort = () => stop.abort();
      const timer = setTimeout(onAbort, timeoutMs);
      signal.addEventListener('abort', onAbort);
      try {
        const { status, headers } = await answerTo(post(message, agents, stop.signal));
        if (status < 200 || status > 299) throw webhookRefusal(webhook, status, headers);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof MusterError) throw error;
        if (stop.signal.aborted)
          throw webhookUnavailable(webhook, `did not answer within ${timeoutMs} ms`, { timeoutMs });
        throw connectionFailure(webhook, error);
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}

function post(message: WebhookMessage, agents: GuardedAgents, signal: AbortSignal) {
  return got.stream(message.url, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', 'accept-encoding': 'identity', 'user-agent': 'muster' },
      ...(message.type !== undefined && { 'webhook-type': message.type }),
      ...signWebhook(message),
    },
    body: message.body,
    agent: agents,
    signal,
    retry: { limit: 0 }, // there is one retry layer, and it is not this
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
  });
}

async function answerTo(stream: ReturnType<typeof post>) {
  stream.on('error', () => undefined); // one that comes when nobody listens any more must not end the process
  try {
    return await new Promise<{ status: number; headers: IncomingHttpHeaders }>((resolve, reject) => {
      stream.once('response', ({ statusCode: status, headers }: { statusCode: number; headers: IncomingHttpHeaders }) =>
        resolve({ status, headers }),
      );
      stream.once('error', reject);
    });
  } finally {
    stream.destroy();
  }
}

function connectionFailure(webhook: NamedWebhook, error: unknown): MusterError {
  const { refusal, code, isUntrusted, how } = connectionTrouble(error);
  if (refusal) return refusal;
  return isUntrusted ? webhookUntrusted(webhook, code) : webhookUnavailable(webhook, how, { code });
}
