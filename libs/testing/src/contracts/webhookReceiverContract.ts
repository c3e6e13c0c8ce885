import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type WebhookReceiver } from '@muster/pipeline/webhookReceiver';
import { waitFor } from '../waitFor.ts';

/** A receiver to try, and the webhook behind it. */
export interface WebhookReceiverUnderTest {
  receiver: WebhookReceiver;
  url: string;
  /** Answers the next message with this status, and asks to wait for so many seconds. */
  answer(status: number, retryAfterS?: number): void;
  /** Answers nothing from now on. */
  fallSilent(): void;
  /** What has come in. */
  seen(): { id: string; body: string }[];
}

const never = new AbortController().signal;

/** What every receiver of webhooks promises. Call inside `describe`, with a function that prepares one that takes everything. */
export function webhookReceiverContract(prepare: () => Promise<WebhookReceiverUnderTest>) {
  const started = async () => {
    const under = await prepare();
    const message = {
      url: under.url,
      id: 'AL-2345-6789',
      body: '{"type":"run.parked"}',
      secret: 'x',
      sentAt: new Date(),
    };
    return { ...under, send: (signal = never) => under.receiver.send(message, signal) };
  };
  const failureOf = (sent: Promise<void>) =>
    sent.then(
      () => undefined,
      (error: unknown) => error,
    );

  it.each([200, 201, 202, 204, 299])('has told it once it answers 2xx: %i', async (status) => {
    const { send, answer, seen } = await started();
    answer(status);
    await expect(send()).resolves.toBeUndefined();
    expect(seen()).toEqual([{ id: 'AL-2345-6789', body: '{"type":"run.parked"}' }]);
  });

  it.each([301, 302, 304, 307, 308, 400, 401, 404, 405, 429, 500, 502, 503, 504])(
    'has not told it, and may try again, where it answers %i',
    async (status) => {
      const { send, answer, seen } = await started();
      answer(status);
      expect(await failureOf(send())).toBeInstanceOf(TemporaryFailure);
      expect(seen()).toHaveLength(1);
    },
  );

  it('is told that it wants no more', async () => {
    const { send, answer } = await started();
    answer(410);
    const failure = await failureOf(send());
    expect(failure).toBeInstanceOf(PermanentFailure);
    expect(failure).toMatchObject({ code: 'webhookGone' });
  });

  it('hands on how long it wants us to wait', async () => {
    const { send, answer } = await started();
    answer(429, 90);
    expect(await failureOf(send())).toMatchObject({ details: { status: 429, retryAfterMs: 90_000 } });
  });

  it('stops at once when told to, with the reason it was given', async () => {
    const { send, fallSilent, seen } = await started();
    fallSilent();
    const stop = new AbortController();
    const reason = new Error('the process stops');
    const ended = failureOf(send(stop.signal));
    await waitFor(() => seen().length > 0);

    stop.abort(reason);

    expect(await ended).toBe(reason);
    expect(await failureOf(send(stop.signal))).toBe(reason);
    expect(seen()).toHaveLength(1);
  });
}
