import { randomUUID } from 'node:crypto';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { smsCaller } from '@muster/testing/smsCaller';
import { createApi } from '../../createApi.ts';

let bench: ApiBench;
beforeAll(async () => (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const call = (...args: Parameters<ReturnType<typeof smsCaller>>) => smsCaller(bench)(...args);
const someText = expect.any(String) as string;
const nobody = '00000000-0000-0000-0000-000000000000';

/** A subscription of a number of its own; gives its guid. */
async function addSubscription({
  state = 'Active',
  companyId = bench.own.id,
  cancelledAt = null as string | null,
} = {}) {
  const [row] = await bench.db.query<{ guid: string }>(
    `with agreement as (
       insert into sms_agreement (company_id, name, type, schedule) values ($1, 'Gift', 'Personal', '{}') returning guid
     ), campaign as (
       insert into sms_campaign (company_id, service_type, agreement_guid, fields) select $1, 'Recurring', guid, '{}' from agreement
       returning guid, agreement_guid
     ), contact as (
       insert into sms_contact (company_id, msisdn) values ($1, $3) returning guid
     )
     insert into sms_subscription (company_id, contact_guid, agreement_guid, campaign_guid, channel, state, start_date, next_due_date,
       next_due_at, cancelled_at)
     select $1, contact.guid, agreement_guid, campaign.guid, '1217', $2, '2026-03-09', '2026-04-01', '2026-04-01 08:00Z', $4
     from campaign, contact returning guid`,
    [companyId, state, randomUUID(), cancelledAt],
  );
  return row?.guid ?? '';
}

async function addCharge(subscriptionGuid: string, { dueDate = '2026-04-01', isAsked = false } = {}) {
  const [row] = await bench.db.query<{ guid: string }>(
    `insert into sms_charge (company_id, subscription_guid, due_date, campaign_guid, service_guid, channel, msisdn, month,
       amount_total, currency_code, asked_at)
     select company_id, guid, $2, campaign_guid, campaign_guid, channel, '4520123456', '2026-04', 2000, 'DKK', case when $3 then now() end
     from sms_subscription where guid = $1 returning guid`,
    [subscriptionGuid, dueDate, isAsked],
  );
  return row?.guid ?? '';
}

const chargeOf = async (guid: string) =>
  (await bench.db.query(`select state, refusal_code as code from sms_charge where guid = $1`, [guid]))[0];

describe('a subscription', () => {
  it('is shown as the contract has it, days by the calendar and moments in the organisation’s zone', async () => {
    const guid = await addSubscription({ state: 'Cancelled', cancelledAt: '2026-03-10 12:00Z' });
    const { status, json } = await call('GET', `/subscription/${guid}`);
    expect({ status, json }).toEqual({
      status: 200,
      json: {
        ...{ subscriptionGuid: guid, contactGuid: someText, agreementGuid: someText },
        ...{ state: 'Cancelled', paymentMethodType: 'Sms', startDate: '2026-03-09', expiresAfterDate: null },
        ...{ cancelledTs: '2026-03-10 13:00:00 +0100', cancelCode: null, cancelDescription: null, quantity: 1 },
        ...{ errorCode: null, errorDescription: null, nextDueDate: '2026-04-01', externalId: null },
      },
    });
  });

  it('whose charge was given up tells clients of the error by its number', async () => {
    const guid = await addSubscription();
    await bench.db.execute(`update sms_subscription set error_code = 'chargeNotUnderstood' where guid = $1`, [guid]);
    expect((await call('GET', `/subscription/${guid}`)).json['errorCode']).toBe('10066');
  });

  it('of another company is not there', async () => {
    const guid = await addSubscription({ companyId: bench.other.id });
    const missing = { status: 404, json: { errorCode: '10025' } };
    for (const path of [`/subscription/${guid}`, `/subscription/${nobody}`, '/subscription/x'])
      expect(await call('GET', path)).toMatchObject(missing);
    expect(await call('POST', `/subscription/${guid}/Cancel`)).toMatchObject(missing);
    expect((await call('GET', `/subscription/${guid}`, { key: bench.other.keys.admin })).json['state']).toBe('Active');
  });

  it('is listed newest first, page by page, and by its state', async () => {
    const key = bench.other.keys.admin;
    const add = (state: string) => addSubscription({ state, companyId: bench.other.id });
    const [first, second, third] = [await add('OnHold'), await add('Expired'), await add('OnHold')];
    const listed = async (query: string) => {
      const { json } = await call('GET', `/subscriptions?${query}`, { key });
      return { ...json, list: (json['list'] as { subscriptionGuid: string }[]).map((each) => each.subscriptionGuid) };
    };
    expect(await listed('pageSize=2')).toEqual({ pageNumber: 1, pageSize: 2, list: [third, second] });
    expect((await listed('pageSize=2&pageNumber=2')).list[0]).toBe(first);
    expect((await listed('state=OnHold')).list).toEqual([third, first]);
    expect(await call('GET', '/subscriptions?state=Gone', { key })).toMatchObject({ status: 400 });
  });
});

describe('a cancelled subscription', () => {
  const cancel = (guid: string, key = bench.own.keys.admin) => call('POST', `/subscription/${guid}/Cancel`, { key });

  it.each(['Pending', 'Active', 'OnHold', 'Inactive'])('that was %s is due no more', async (state) => {
    const { status, json } = await cancel(await addSubscription({ state }));
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { state: 'Cancelled', cancelCode: 'API', nextDueDate: null, cancelledTs: someText },
    });
    expect(json['cancelDescription']).toContain('the organisation');
  });

  it('may be cancelled again, and stays as it was', async () => {
    const guid = await addSubscription();
    const first = await cancel(guid);
    expect(await cancel(guid)).toEqual(first);
  });

  it('that was over stays as it was', async () => {
    expect(await cancel(await addSubscription({ state: 'Expired' }))).toMatchObject({
      status: 200,
      json: { state: 'Expired', cancelCode: null },
    });
  });

  it('is charged nothing that no gateway was asked for, and what one was asked for is cleared up', async () => {
    const guid = await addSubscription();
    const untouched = await addCharge(guid, { dueDate: '2026-04-01' });
    const asked = await addCharge(guid, { dueDate: '2026-05-01', isAsked: true });
    await cancel(guid);
    expect(await chargeOf(untouched)).toEqual({ state: 'refused', code: 'API' });
    expect(await chargeOf(asked)).toEqual({ state: 'wanted', code: null });
  });

  it('is sent no text', async () => {
    await cancel(await addSubscription());
    expect(await bench.db.query('select from sms_text')).toEqual([]);
  });

  it('was cancelled by whoever may write', async () => {
    const guid = await addSubscription();
    expect(await cancel(guid, bench.own.keys.viewer)).toMatchObject({ status: 403 });
    expect((await call('GET', `/subscription/${guid}`)).json['state']).toBe('Active');
  });
});
