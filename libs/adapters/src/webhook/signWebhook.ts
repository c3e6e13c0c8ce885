import { createHmac } from 'node:crypto';
import { type WebhookMessage } from '@muster/pipeline/webhookReceiver';

const SERIALIZED = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

/** What is signed, and with what. */
export type Signed = Pick<WebhookMessage, 'id' | 'sentAt' | 'body' | 'secret'>;

/** The headers by which a receiver knows a message: id and time of this try and, where there is a secret, the signature of both and the body. */
export function signWebhook({ id, sentAt, body, secret }: Signed): Record<string, string> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === null) return headers;
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

/** `whsec_` and base64, as Standard Webhooks writes secrets down, stands for those bytes; any other text for itself. */
function keyOf(secret: string): Buffer {
  const [, base64] = SERIALIZED.exec(secret) ?? [];
  return base64 === undefined ? Buffer.from(secret, 'utf8') : Buffer.from(base64, 'base64');
}
