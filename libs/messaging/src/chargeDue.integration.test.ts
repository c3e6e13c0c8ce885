import { TemporaryFailure } from '@muster/core/errors';
import { dueBench } from '@muster/testing/dueBench';
import { chargeDue } from './chargeDue.ts';
import { type BegunCharge } from './dueCharges.ts';

let bench: Awaited<ReturnType<typeof dueBench>>;
beforeEach(async () => (bench = await dueBench()));
afterEach(() => bench.close());

const NUMBER = '4530000001';
const never = new AbortController().signal;
const chargeIn = (begun: unknown) => (begun as BegunCharge).charge;
const away = () => new TemporaryFailure('paymentGatewayUnavailable', 'it is away');

describe('a due date', () => {
  it('is charged once and told of, with how to stop, and the next one follows', async () => {
    await bench.subscribe({ nextDue: '2031-03-05' });
    expect(await bench.live('2031-03-04')).toBe(0);
    expect(await bench.live('2031-03-05')).toBe(1);
    expect(await bench.live('2031-03-05')).toBe(0);
    expect(bench.payments.charges).toMatchObject([{ msisdn: NUMBER, amountTotal: '20.00' }]);
    expect(await bench.notices()).toEqual([expect.stringMatching(/^Thank you for 20\n.*GIV STOP/s)]);
    expect(await bench.subscription()).toMatchObject({ state: 'Active', nextDueDate: '2031-04-05', errorCode: null });
  });

  it('of the 31st is the last day of shorter months', async () => {
    await bench.subscribe({ nextDue: '2031-01-31' });
    for (const day of ['2031-01-31', '2031-02-28', '2031-03-31', '2031-04-30']) expect(await bench.live(day)).toBe(1);
    expect(await bench.subscription()).toMatchObject({ nextDueDate: '2031-05-31' });
  });

  it('that nobody looked at in its time is missed, and the latest one charged', async () => {
    await bench.subscribe({ nextDue: '2031-03-01', schedule: { scheduleType: 'Daily' } });
    expect(await bench.live('2031-03-04')).toBe(1);
    expect((await bench.slots()).map(({ state }) => state)).toEqual(['missed', 'missed', 'missed', 'due']);
    expect(await bench.subscription()).toMatchObject({ nextDueDate: '2031-03-05' });
  });

  it('that no worker has come to is overtaken by the next', async () => {
    await bench.subscribe({ nextDue: '2031-03-01', schedule: { scheduleType: 'Daily' } });
    await bench.sweep('2031-03-01');
    expect(await bench.live('2031-03-02')).toBe(1);
    expect(await bench.slots()).toMatchObject([{ state: 'missed' }, { state: 'due' }]);
    expect(await bench.charges()).toMatchObject([
      { state: 'refused', refusalCode: 'overtaken' },
      { dueDate: '2031-03-02', state: 'charged' },
    ]);
  });

  it('is missed on a day on which an earlier one is still asked for, or was charged', async () => {
    await bench.subscribe({ nextDue: '2031-03-01', schedule: { scheduleType: 'Daily' } });
    bench.payments.loseNextReply();
    await bench.live('2031-03-01');
    await bench.sweep('2031-03-02');
    await bench.hurryCharges();
    expect(await bench.chargeAll('2031-03-03')).toBe(1);
    await bench.live('2031-03-03');
    expect((await bench.slots()).map(({ state }) => state)).toEqual(['due', 'missed', 'missed']);
    expect(bench.payments.charges).toHaveLength(1);
    expect(await bench.live('2031-03-04')).toBe(1);
  });

  it('comes although its campaign was canceled', async () => {
    const { campaignGuid } = await bench.subscribe({ nextDue: '2031-03-05' });
    await bench.db.execute('update sms_campaign set active = false where guid = $1', [campaignGuid]);
    expect(await bench.live('2031-03-05')).toBe(1);
  });

  it('on the last day is charged, and past it the subscription is over', async () => {
    await bench.subscribe({ nextDue: '2031-03-05', expires: '2031-03-20' });
    expect(await bench.live('2031-03-05')).toBe(1);
    expect(await bench.subscription()).toMatchObject({ state: 'Active', nextDueDate: null });
    expect(await bench.live('2031-03-21')).toBe(0);
    expect(await bench.subscription()).toMatchObject({ state: 'Expired', nextDueDate: null });
  });

  it('before the last day that is seen only after it is not charged', async () => {
    await bench.subscribe({ nextDue: '2031-03-05', expires: '2031-03-20' });
    expect(await bench.live('2031-03-21')).toBe(0);
    expect(await bench.slots()).toMatchObject([{ state: 'missed' }]);
    expect(await bench.subscription()).toMatchObject({ state: 'Expired' });
  });

  it('whose schedule cannot be read holds up no other', async () => {
    const { campaignGuid } = await bench.subscribe({ nextDue: '2031-03-05' });
    await bench.subscribe({ nextDue: '2031-03-05' });
    await bench.db.execute(
      `update sms_agreement set schedule = '{"scheduleType":"Never"}' where guid = (select agreement_guid from sms_campaign where guid = $1)`,
      [campaignGuid],
    );
    expect(await bench.sweep('2031-03-05')).toMatchObject({ looked: 2, due: 1, failed: [{}] });
  });
});

describe('a charge', () => {
  it.each(['Cancelled by STOP', 'Inactive'])('is not made once its subscription is %s', async (how) => {
    const { channel } = await bench.subscribe({ nextDue: '2031-03-05' });
    await bench.sweep('2031-03-05');
    if (how === 'Inactive') await bench.db.execute(`update sms_subscription set state = 'Inactive'`);
    else await bench.receive('GIV STOP', { channel, msisdn: NUMBER });
    await bench.handleAll();
    await bench.chargeAll('2031-03-05');
    expect(bench.payments.asked).toEqual([]);
    expect(await bench.charges()).toMatchObject([
      { state: 'refused', refusalCode: how === 'Inactive' ? 'notActive' : 'STOP' },
    ]);
  });

  it('is not made where STOP comes after it was taken', async () => {
    const { channel } = await bench.subscribe({ nextDue: '2031-03-05' });
    await bench.sweep('2031-03-05');
    const deps = bench.depsAt('2031-03-05');
    const claim = await deps.charges.claim();
    await bench.receive('STOP', { channel, msisdn: NUMBER });
    await bench.handleAll();
    await chargeDue(claim!, deps, never);
    expect(bench.payments.asked).toEqual([]);
    expect(await bench.charges()).toMatchObject([{ state: 'refused', refusalCode: 'STOP' }]);
  });

  it('that may have been made when STOP came is unknown, and not asked for again', async () => {
    const { channel } = await bench.subscribe({ nextDue: '2031-03-05' });
    bench.payments.loseNextReply();
    await bench.live('2031-03-05');
    await bench.receive('STOP', { channel, msisdn: NUMBER });
    await bench.handleAll();
    await bench.hurryCharges();
    await bench.chargeAll('2031-03-05');
    expect(bench.payments.asked).toHaveLength(1);
    expect(await bench.charges()).toMatchObject([{ state: 'unknown', refusalCode: 'STOP' }]);
    expect(bench.log.lines).toContainEqual(expect.objectContaining({ level: 'error', event: 'charge.unknown' }));
  });

  it('above the limit of the month is refused, and the next date comes as usual', async () => {
    await bench.subscribe({
      nextDue: '2031-03-01',
      amount: 200,
      schedule: { scheduleType: 'Weekly' },
      paymentRequired: true,
    });
    for (const day of ['2031-03-01', '2031-03-08']) await bench.live(day);
    expect(bench.payments.charges).toHaveLength(1);
    expect(await bench.charges()).toMatchObject([{ state: 'charged' }, { state: 'refused', refusalCode: '10060' }]);
    expect(await bench.subscription()).toMatchObject({
      state: 'Active',
      errorCode: '10060',
      nextDueDate: '2031-03-15',
    });
    expect(await bench.live('2031-04-05')).toBe(1);
    expect(await bench.subscription()).toMatchObject({ errorCode: null });
  });

  it('is made once where the reply is lost', async () => {
    await bench.subscribe({ nextDue: '2031-03-05' });
    bench.payments.loseNextReply();
    await bench.live('2031-03-05');
    await bench.hurryCharges();
    await bench.chargeAll('2031-03-05');
    expect([bench.payments.asked.length, bench.payments.charges.length]).toEqual([2, 1]);
    expect(await bench.charges()).toMatchObject([{ state: 'charged' }]);
    expect(await bench.notices()).toHaveLength(1);
  });

  it('is made once where its worker is lost after it asked, which then can write nothing', async () => {
    await bench.subscribe({ nextDue: '2031-03-05' });
    await bench.sweep('2031-03-05');
    const { charges } = bench.depsAt('2031-03-05');
    const claim = await charges.claim();
    const outcome = await bench.payments.charge(
      { url: '', secret: null },
      chargeIn(await charges.begin(claim!)),
      never,
    ); // and dies
    await bench.hurryCharges();
    const next = await charges.claim();
    const error = { code: 'x', message: 'x' };
    for (const late of [
      () => charges.begin(claim!),
      () => charges.settle(claim!, outcome),
      () => charges.giveUp(claim!, error),
      () => charges.postpone(claim!, 0),
      () => charges.release(claim!),
    ])
      await expect(late()).rejects.toThrow('no longer the current one');
    expect(await charges.renew(claim!)).toBe('lost');
    await chargeDue(next!, bench.depsAt('2031-03-05'), never);
    expect([bench.payments.asked.length, bench.payments.charges.length]).toEqual([2, 1]);
    expect(await bench.charges()).toMatchObject([{ state: 'charged' }]);
  });

  it('that nobody answers for a day is unknown, and the next date comes', async () => {
    await bench.subscribe({ nextDue: '2031-03-05' });
    bench.payments.failures.push(away(), away());
    await bench.live('2031-03-05');
    await bench.db.execute(`update sms_charge set first_failed_at = first_failed_at - interval '25 hours'`);
    await bench.hurryCharges();
    await bench.chargeAll('2031-03-06');
    expect(await bench.charges()).toMatchObject([{ state: 'unknown', refusalCode: 'paymentGatewayUnavailable' }]);
    expect(bench.log.lines).toContainEqual(expect.objectContaining({ level: 'error', event: 'charge.givenUp' }));
    expect(await bench.live('2031-04-05')).toBe(1);
  });

  it('that a text asks for is left to whoever has the text', async () => {
    const { channel } = await bench.campaignOnShortcode({ serviceType: 'Single' });
    await bench.receive('GIV', { channel });
    await bench.deps.inbox.plan((await bench.deps.inbox.claim())!);
    expect(await bench.depsAt('2031-03-05').charges.claim()).toBeUndefined();
  });

  it('that kills three workers is given up', async () => {
    await bench.subscribe({ nextDue: '2031-03-05' });
    await bench.sweep('2031-03-05');
    const { charges } = bench.depsAt('2031-03-05');
    for (let times = 0; times < 3; times++) {
      expect(await charges.claim()).toBeDefined();
      await bench.hurryCharges();
    }
    expect(await charges.claim()).toBeUndefined();
    expect(await bench.charges()).toMatchObject([{ state: 'refused', refusalCode: 'parked' }]);
  });
});

describe('a refused charge', () => {
  const day = '2031-03-05';

  it('ends a subscription whose payment is not required where the number lost its means to pay', async () => {
    await bench.subscribe({ nextDue: day });
    bench.payments.refuse(NUMBER, { methodLost: true });
    await bench.live(day);
    expect(await bench.subscription()).toMatchObject({ state: 'Inactive', nextDueDate: null, errorCode: '10063' });
    expect(await bench.notices()).toEqual([]);
  });

  it('of another kind is but this date of it', async () => {
    await bench.subscribe({ nextDue: day });
    bench.payments.refuse(NUMBER);
    await bench.live(day);
    expect(await bench.subscription()).toMatchObject({
      state: 'Active',
      nextDueDate: '2031-04-05',
      errorCode: '10063',
    });
    bench.payments.allow(NUMBER);
    await bench.live('2031-04-05');
    expect(await bench.subscription()).toMatchObject({ errorCode: null });
  });

  it.each([
    [true, { state: 'Cancelled', cancelCode: '100101', isCancelled: true, nextDueDate: null }],
    [false, { state: 'Active', cancelCode: null, nextDueDate: '2031-04-05', pursued: 0, errorCode: '10063' }],
  ])('is asked for again on days 1, 3 and 7 where payment is required (means lost: %s)', async (methodLost, ended) => {
    await bench.subscribe({ nextDue: day, paymentRequired: true });
    bench.payments.refuse(NUMBER, { methodLost });
    await bench.live(day);
    for (const [nth, date] of ['2031-03-06', '2031-03-08', '2031-03-12'].entries()) {
      expect(await bench.subscription()).toMatchObject({ state: 'Active', pursued: nth + 1, errorCode: '10063' });
      expect((await bench.charges()).at(-1)).toMatchObject({ state: 'wanted', pursuit: nth + 1, takeDate: date });
      expect(await bench.chargeAll(date)).toBe(0);
      await bench.hurryCharges();
      expect(await bench.chargeAll(date)).toBe(1);
    }
    expect(await bench.subscription()).toMatchObject(ended);
    expect(new Set(bench.payments.asked.map(({ order }) => order.key)).size).toBe(4);
  });

  it('is asked for no more once one was made', async () => {
    await bench.subscribe({ nextDue: day, paymentRequired: true });
    bench.payments.refuse(NUMBER, { methodLost: true });
    await bench.live(day);
    bench.payments.allow(NUMBER);
    await bench.hurryCharges();
    await bench.chargeAll('2031-03-06');
    expect(await bench.subscription()).toMatchObject({ state: 'Active', pursued: 0, errorCode: null });
    expect(await bench.charges()).toMatchObject([{ state: 'refused' }, { pursuit: 1, state: 'charged' }]);
  });

  it('is never asked for twice a day, and those that come meanwhile are not charged', async () => {
    await bench.subscribe({ nextDue: day, paymentRequired: true, schedule: { scheduleType: 'Daily' } });
    bench.payments.refuse(NUMBER, { methodLost: true });
    await bench.sweep(day);
    await bench.chargeAll('2031-03-09'); // late by four days
    expect((await bench.charges()).at(-1)).toMatchObject({ pursuit: 1, takeDate: '2031-03-10' });
    await bench.sweep('2031-03-07');
    expect((await bench.slots()).map(({ state }) => state)).toEqual(['due', 'pursued', 'pursued']);
  });
});
