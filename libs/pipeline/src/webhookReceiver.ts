/** A message for a webhook, in the form of Standard Webhooks. */
export interface WebhookMessage {
  url: string;
  /** The same in every try: by it a receiver knows what it has seen. No full stop is in it. */
  id: string;
  /** What it is about, where the body does not say so: `SmsMO.received`. */
  type?: string;
  /** When this try was made. */
  sentAt: Date;
  /** JSON, sent as it is: the signature is of these bytes. */
  body: string;
  /** Without one the message is not signed. */
  secret: string | null;
}

/**
 * Where a company wants to be told. `send` resolves once the receiver has answered 2xx, and only then. Throws
 * PermanentFailure `webhookGone` where it wants no more (410), and else a failure that says what to mend; with
 * `retryAfterMs` in its details where the receiver named a time. Ends in bounded time, follows no redirect, and stops at
 * once, with the signal's reason, when told to.
 */
export interface WebhookReceiver {
  send(message: WebhookMessage, signal: AbortSignal): Promise<void>;
}
