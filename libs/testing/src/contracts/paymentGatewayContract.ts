import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type Charge, type GatewayAddress, type PaymentGateway } from '@muster/messaging/gateways';
import { waitFor } from '../waitFor.ts';

/** A gateway to try, and the one behind it. */
export interface PaymentGatewayUnderTest {
  gateway: PaymentGateway;
  at: GatewayAddress;
  /** Refuses charges to this number from now on. */
  refuse(msisdn: string, refusal: { code: string; methodLost: boolean }): void;
  /** Charges this number again. */
  allow(msisdn: string): void;
  /** Takes the next request, and never says so. */
  loseNextReply(): void;
  /** Takes nothing of the next request, and asks to come again after so many seconds. */
  postponeNext(retryAfterS: number): void;
  /** Takes requests and answers none until it recovers; `seen` is the number of requests that have come. */
  fallSilent(): { seen(): number; recover(): void };
  /** What was really charged. */
  charged(): { key: string; msisdn: string; amountTotal: string }[];
}

const never = new AbortController().signal;
const donation: Charge = {
  ...{ key: 'CH-2345-6789', channel: '1217', msisdn: '4512345678', currencyCode: 'DKK' },
  ...{ amount: '20.00', amountVat: '0.00', amountTotal: '20.00', invoiceText: 'Støtte, tak' },
  ...{ contentType: 'HumanitarianDonation', purposeAccountingCode: null, reference: 'IM-2345-6789' },
};

/** What every payment gateway promises. Call inside `describe`, with a function that prepares one that charges everybody. */
export function paymentGatewayContract(prepare: () => Promise<PaymentGatewayUnderTest>) {
  const started = async () => {
    const under = await prepare();
    const charge = (change: Partial<Charge> = {}, signal = never) =>
      under.gateway.charge(under.at, { ...donation, ...change }, signal);
    return { ...under, charge, keysCharged: () => under.charged().map(({ key }) => key) };
  };
  const failureOf = (charged: Promise<unknown>) =>
    charged.then(
      () => undefined,
      (error: unknown) => error,
    );
  const refused = { outcome: 'refused', code: 'insufficientFunds', methodLost: false };

  it('charges a number, and gives the gateway’s own id of it', async () => {
    const { charge, charged } = await started();

    expect(await charge()).toEqual({
      outcome: 'charged',
      gatewayId: expect.stringMatching(/^[\x21-\x7e]+$/) as string,
    });
    expect(charged()).toMatchObject([{ key: donation.key, msisdn: donation.msisdn, amountTotal: '20.00' }]);
  });

  it('charges once for a key, however often it is asked, and gives the same answer', async () => {
    const { charge, keysCharged } = await started();

    const answers = [await charge(), ...(await Promise.all([charge(), charge()])), await charge()];

    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(keysCharged()).toEqual([donation.key]);
  });

  it('charges the same amount twice under two keys', async () => {
    const { charge, keysCharged } = await started();

    const first = await charge();
    const second = await charge({ key: 'CH-AAAA-AAAA' });

    expect(second).not.toEqual(first);
    expect(keysCharged()).toEqual([donation.key, 'CH-AAAA-AAAA']);
  });

  it('may have charged what it did not answer, and does not charge it again', async () => {
    const { charge, keysCharged, loseNextReply } = await started();
    loseNextReply();

    const failure = await failureOf(charge());

    expect(failure).toBeInstanceOf(TemporaryFailure);
    expect(failure).toMatchObject({ code: 'paymentGatewayUnavailable' });
    expect(await charge()).toMatchObject({ outcome: 'charged' });
    expect(keysCharged()).toEqual([donation.key]);
  });

  it('hands on how long it wants us to wait, and charges then', async () => {
    const { charge, keysCharged, postponeNext } = await started();
    postponeNext(90);

    const failure = await failureOf(charge());

    expect(failure).toBeInstanceOf(TemporaryFailure);
    expect(failure).toMatchObject({ code: 'paymentGatewayUnavailable', details: { retryAfterMs: 90_000 } });
    expect(keysCharged()).toEqual([]);
    expect(await charge()).toMatchObject({ outcome: 'charged' });
  });

  it.each([true, false])('gives a refusal as an answer, with its code (method lost: %s)', async (methodLost) => {
    const { charge, keysCharged, refuse } = await started();
    refuse(donation.msisdn, { code: 'insufficientFunds', methodLost });

    expect(await charge()).toEqual({ ...refused, methodLost });
    expect(await charge({ key: 'CH-AAAA-AAAA', msisdn: '4587654321' })).toMatchObject({ outcome: 'charged' });
    expect(keysCharged()).toEqual(['CH-AAAA-AAAA']);
  });

  it('refuses for good what it has refused under a key, though the number could pay by now', async () => {
    const { charge, keysCharged, refuse, allow, loseNextReply } = await started();
    refuse(donation.msisdn, { code: 'insufficientFunds', methodLost: false });
    loseNextReply();
    await failureOf(charge());
    allow(donation.msisdn);

    expect(await charge()).toEqual(refused);
    expect(await charge({ key: 'CH-AAAA-AAAA' })).toMatchObject({ outcome: 'charged' });
    expect(keysCharged()).toEqual(['CH-AAAA-AAAA']);
  });

  it('never takes another charge under a key that it knows', async () => {
    const { charge, charged } = await started();
    const first = await charge();

    const failure = await failureOf(charge({ amount: '30.00', amountTotal: '30.00' }));

    expect(failure).toBeInstanceOf(PermanentFailure);
    expect(failure).toMatchObject({ code: 'chargeNotUnderstood' });
    expect(charged()).toMatchObject([{ amountTotal: '20.00' }]);
    expect(await charge()).toEqual(first);
  });

  it('stops at once when told to, with the reason it was given, and charges no second time afterwards', async () => {
    const { charge, keysCharged, fallSilent } = await started();
    const { seen, recover } = fallSilent();
    const stop = new AbortController();
    const reason = new Error('the process stops');
    const ended = failureOf(charge({}, stop.signal));
    await waitFor(() => seen() > 0);

    stop.abort(reason);

    expect(await ended).toBe(reason);
    expect(await failureOf(charge({}, stop.signal))).toBe(reason);
    expect(seen()).toBe(1);
    recover();
    expect(await charge()).toMatchObject({ outcome: 'charged' });
    expect(keysCharged()).toEqual([donation.key]);
  });
}
