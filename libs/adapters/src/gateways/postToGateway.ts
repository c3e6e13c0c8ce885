import { type IncomingHttpHeaders } from 'node:http';
import got from 'got';
import { MusterError, TemporaryFailure } from '@muster/core/errors';
import { type GatewayAddress } from '@muster/messaging/gateways';
import { type GuardedAgents } from '../addressGuard/guardedAgents.ts';
import { connectionTrouble } from '../outward/connectionTrouble.ts';
import { type AllowHttp, hostToAsk } from '../outward/hostToAsk.ts';
import { receiveText } from '../outward/receiveText.ts';
import { signWebhook } from '../webhook/signWebhook.ts';
import {
  gatewayMalformed,
  gatewayNotEncrypted,
  gatewayRefusal,
  gatewayUnavailable,
  gatewayUntrusted,
  type NamedGateway,
} from './gatewayFailures.ts';

/** How the gateways of companies are asked. */
export interface GatewaySettings {
  /** Who makes the connections, to checked addresses only. */
  agents: GuardedAgents;
  /** Whether a gateway may be asked without encryption. */
  allowHttp: AllowHttp;
  /** From the look-up of its name to the last byte of its answer, however lively it trickles; default 20 s. */
  timeoutMs?: number;
  /** The most bytes of an answer; default 64 KiB. */
  maxBytes?: number;
}

/** One request to a gateway. */
export interface GatewayRequest {
  kind: NamedGateway['kind'];
  at: GatewayAddress;
  /** The same at each try. */
  key: string;
  body: Record<string, unknown>;
  /** Whether an answer of this status says what became of the request; any other is a failure. */
  tells: (status: number) => boolean;
  signal: AbortSignal;
}

/** What a gateway says became of a request. */
export interface GatewayAnswer {
  gateway: NamedGateway;
  status: number;
  /** The fields of its JSON object: untrusted. */
  told: Record<string, unknown>;
}

/**
 * Asks a gateway once, in the form that all of ours have: `POST` of JSON, with the headers
 *
 *     content-type: application/json
 *     Idempotency-Key: <key>           the same at each try of one text or charge
 *     webhook-id: <key>
 *     webhook-timestamp: <seconds>     of this try
 *     webhook-signature: v1,<base64>   where there is a secret: HMAC-SHA256 of `id.timestamp.body`, as Standard Webhooks has it
 *
 * The gateway does once what comes under one key, and gives the same answer whenever it comes again: 2xx for what is done.
 * 409 says that it is still at it; 408, 425, 429 and 5xx ask to come again, after `Retry-After` if that is there; 401 and 403
 * say that the signature is wrong. Redirects are not followed. Whatever leaves open what became of the request is a
 * TemporaryFailure, so that the caller asks again under the same key.
 */
export async function postToGateway(
  request: GatewayRequest,
  { agents, allowHttp, timeoutMs = 20_000, maxBytes = 65_536 }: GatewaySettings,
): Promise<GatewayAnswer> {
  const { kind, at, signal, tells } = request;
  const { host, mayAsk } = hostToAsk(at.url, allowHttp);
  const gateway = { kind, host };
  if (!mayAsk) throw gatewayNotEncrypted(gateway);
  signal.throwIfAborted();
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  const timer = setTimeout(onAbort, timeoutMs);
  signal.addEventListener('abort', onAbort);
  try {
    return await receive(openStream(request, agents, stop.signal), { gateway, tells, maxBytes });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof MusterError) throw error;
    if (stop.signal.aborted)
      throw gatewayUnavailable(gateway, `did not finish its answer within ${timeoutMs} ms`, { timeoutMs });
    throw connectionFailure(gateway, error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

function openStream({ at, key, body: fields }: GatewayRequest, agents: GuardedAgents, signal: AbortSignal) {
  const body = JSON.stringify(fields);
  return got.stream(at.url, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' },
      ...{ 'user-agent': 'muster', 'idempotency-key': key },
      ...signWebhook({ id: key, sentAt: new Date(), body, secret: at.secret }),
    },
    body,
    agent: agents,
    signal,
    retry: { limit: 0 }, // there is one retry layer, and it is not this
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false, // what is packed unasked may unpack to anything
  });
}

interface Receiving {
  gateway: NamedGateway;
  tells: GatewayRequest['tells'];
  maxBytes: number;
}

async function receive(
  stream: ReturnType<typeof openStream>,
  { gateway, tells, maxBytes }: Receiving,
): Promise<GatewayAnswer> {
  stream.on('error', () => undefined); // one that comes when nobody listens any more must not end the process
  try {
    const { statusCode: status, headers } = await new Promise<{ statusCode: number; headers: IncomingHttpHeaders }>(
      (resolve, reject) => {
        stream.once('response', resolve);
        stream.once('error', reject);
      },
    );
    if (!tells(status)) throw gatewayRefusal(gateway, status, headers);
    const cut = (how: string) => gatewayUnavailable(gateway, how, { status });
    const malformed = (how: string) => gatewayMalformed(gateway, how);
    return { gateway, status, told: parse(await receiveText(stream, { headers, maxBytes, cut, malformed }), gateway) };
  } finally {
    stream.destroy();
  }
}

function parse(text: string, gateway: NamedGateway): Record<string, unknown> {
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    throw gatewayMalformed(gateway, 'answers with what is no JSON');
  }
  if (typeof told !== 'object' || told === null || Array.isArray(told)) {
    throw gatewayMalformed(gateway, 'answers with JSON that is no object');
  }
  return told as Record<string, unknown>;
}

function connectionFailure(gateway: NamedGateway, error: unknown): MusterError {
  const { refusal, code, isUntrusted, how } = connectionTrouble(error);
  if (refusal) return notLost(refusal);
  return isUntrusted ? gatewayUntrusted(gateway, code) : gatewayUnavailable(gateway, how, { code });
}

/** An address that is not allowed is one of the settings or of the name server: whatever waits for it can wait until that is mended. */
function notLost({ code, message, details }: MusterError): MusterError {
  return new TemporaryFailure(code, message, { details });
}
