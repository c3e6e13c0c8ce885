import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type WebhookReceiver, type WebhookMessage } from '@muster/pipeline/webhookReceiver';

/** A company's webhook in memory: takes everything, and answers otherwise where told to. */
export class FakeWebhookReceiver implements WebhookReceiver {
  /** Every message that came, also those that were answered with a refusal. */
  readonly seen: WebhookMessage[] = [];
  /** The statuses of the next answers; 200 after them. */
  readonly statuses: number[] = [];
  /** What the next refusals ask to wait (`Retry-After`), in milliseconds. */
  retryAfterMs: number | undefined;
  /** Until it is over, or the signal says stop, nothing is answered. */
  gate: Promise<void> | undefined;

  async send(message: WebhookMessage, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.seen.push(message);
    await this.opened(signal);
    const status = this.statuses.shift() ?? 200;
    if (status === 410) throw new PermanentFailure('webhookGone', 'it wants no more', { details: { status } });
    if (status < 200 || status > 299) {
      const { retryAfterMs } = this;
      throw new TemporaryFailure('webhookRefused', `it answers ${status}`, {
        details: { status, ...(retryAfterMs !== undefined && { retryAfterMs }) },
      });
    }
  }

  private async opened(signal: AbortSignal) {
    const { gate } = this;
    if (!gate) return;
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      void gate.then(resolve);
    });
  }
}
