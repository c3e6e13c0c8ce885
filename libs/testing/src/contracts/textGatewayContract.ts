import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type GatewayAddress, type OutgoingText, type TextGateway } from '@muster/messaging/gateways';
import { waitFor } from '../waitFor.ts';

/** A gateway to try, and the one behind it. */
export interface TextGatewayUnderTest {
  gateway: TextGateway;
  at: GatewayAddress;
  /** Never sends anything to this number. */
  refuse(msisdn: string): void;
  /** Takes the next request, and never says so. */
  loseNextReply(): void;
  /** Takes nothing of the next request, and asks to come again after so many seconds. */
  postponeNext(retryAfterS: number): void;
  /** Takes requests and answers none until it recovers; `seen` is the number of requests that have come. */
  fallSilent(): { seen(): number; recover(): void };
  /** What was really sent. */
  sent(): { key: string; msisdn: string; text: string }[];
}

const never = new AbortController().signal;
const thanks: OutgoingText = {
  ...{ key: 'IM-2345-6789', channel: '1217', msisdn: '4512345678', text: 'Tak for din støtte 💛', senderAlias: null },
};

/** What every text gateway promises. Call inside `describe`, with a function that prepares one that sends everything. */
export function textGatewayContract(prepare: () => Promise<TextGatewayUnderTest>) {
  const started = async () => {
    const under = await prepare();
    const send = (change: Partial<OutgoingText> = {}, signal = never) =>
      under.gateway.send(under.at, { ...thanks, ...change }, signal);
    return { ...under, send, keysSent: () => under.sent().map(({ key }) => key) };
  };
  const failureOf = (sent: Promise<unknown>) =>
    sent.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('sends a text as it is, and gives the gateway’s own id of it', async () => {
    const { send, sent } = await started();

    expect(await send()).toEqual({ gatewayId: expect.stringMatching(/^[\x21-\x7e]+$/) as string });
    expect(sent()).toMatchObject([{ key: thanks.key, msisdn: thanks.msisdn, text: thanks.text }]);
  });

  it('sends once for a key, however often it is asked, and gives the same id', async () => {
    const { send, keysSent } = await started();

    const ids = [await send(), ...(await Promise.all([send(), send()])), await send()];

    expect(new Set(ids.map(({ gatewayId }) => gatewayId)).size).toBe(1);
    expect(keysSent()).toEqual([thanks.key]);
  });

  it('sends the same words twice under two keys', async () => {
    const { send, keysSent } = await started();

    const first = await send();
    const second = await send({ key: 'IM-AAAA-AAAA' });

    expect(second).not.toEqual(first);
    expect(keysSent()).toEqual([thanks.key, 'IM-AAAA-AAAA']);
  });

  it('may have sent what it did not answer, and does not send it again', async () => {
    const { send, keysSent, loseNextReply } = await started();
    loseNextReply();

    const failure = await failureOf(send());

    expect(failure).toBeInstanceOf(TemporaryFailure);
    expect(failure).toMatchObject({ code: 'textGatewayUnavailable' });
    expect(await send()).toEqual(await send());
    expect(keysSent()).toEqual([thanks.key]);
  });

  it('hands on how long it wants us to wait, and sends then', async () => {
    const { send, keysSent, postponeNext } = await started();
    postponeNext(90);

    const failure = await failureOf(send());

    expect(failure).toBeInstanceOf(TemporaryFailure);
    expect(failure).toMatchObject({ code: 'textGatewayUnavailable', details: { retryAfterMs: 90_000 } });
    expect(keysSent()).toEqual([]);
    await send();
    expect(keysSent()).toEqual([thanks.key]);
  });

  it('says for good that it sends nothing to a number, and sends to others', async () => {
    const { send, keysSent, refuse } = await started();
    refuse(thanks.msisdn);

    const failure = await failureOf(send());

    expect(failure).toBeInstanceOf(PermanentFailure);
    expect(failure).toMatchObject({ code: 'textRefused' });
    await send({ key: 'IM-AAAA-AAAA', msisdn: '4587654321' });
    expect(keysSent()).toEqual(['IM-AAAA-AAAA']);
  });

  it('never takes another text under a key that it knows', async () => {
    const { send, sent } = await started();
    const first = await send();

    const failure = await failureOf(send({ text: 'other words' }));

    expect(failure).toBeInstanceOf(PermanentFailure);
    expect(failure).toMatchObject({ code: 'textRefused' });
    expect(sent()).toMatchObject([{ text: thanks.text }]);
    expect(await send()).toEqual(first);
  });

  it('stops at once when told to, with the reason it was given, and sends no second time afterwards', async () => {
    const { send, keysSent, fallSilent } = await started();
    const { seen, recover } = fallSilent();
    const stop = new AbortController();
    const reason = new Error('the process stops');
    const ended = failureOf(send({}, stop.signal));
    await waitFor(() => seen() > 0);

    stop.abort(reason);

    expect(await ended).toBe(reason);
    expect(await failureOf(send({}, stop.signal))).toBe(reason);
    expect(seen()).toBe(1);
    recover();
    await send();
    expect(keysSent()).toEqual([thanks.key]);
  });
}
