import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { smsCaller } from '@muster/testing/smsCaller';
import { createApi } from '../../createApi.ts';

let bench: ApiBench;
let call: ReturnType<typeof smsCaller>;
beforeAll(async () => {
  bench = await apiBench(createApi);
  call = smsCaller(bench);
});
afterAll(() => bench.close());

const shared = {
  ...{ agreementName: 'Monthly gift', agreementType: 'Shared', scheduleType: 'Monthly' },
  ...{ scheduleBaseTier: 1, scheduleFixedDay: 1, scheduleEveryOther: 1 },
};
const make = (body: object) => call('POST', '/agreement', { body });

it('is made, shown, and listed if it is shared', async () => {
  const { status, json } = await make({ ...shared, scheduleFixedDay: 31, scheduleSelectedSet: '[1,7]' });
  expect(status).toBe(201);
  expect(json).toMatchObject({
    ...{ ...shared, scheduleFixedDay: 31, scheduleSelectedSet: '[1,7]', state: 'Active' },
    agreementDescription: null,
  });
  expect((await call('GET', `/agreement/${String(json['agreementGuid'])}`)).json).toEqual(json);
  await make({ ...shared, agreementType: 'Personal' });
  expect((await call('GET', '/agreements')).json).toEqual({ pageNumber: 1, pageSize: 25, list: [json] });
  expect((await call('GET', '/agreements?state=Inactive')).json).toMatchObject({ list: [] });
});

it.each(Object.keys(shared))('is refused without its %s, as a campaign that makes one is', async (field) => {
  const { json, status, errorCode } = await make({ ...shared, [field]: undefined });
  expect({ status, errorCode }).toEqual({ status: 400, errorCode: '10001' });
  expect(json['errorDescription']).toContain(field);
});

it.each([
  ['of an unknown schedule', { ...shared, scheduleType: 'Hourly' }, '10001'],
  ['of a month that is none', { ...shared, scheduleBaseTier: 13 }, '10040'],
  ['whose date never comes', { ...shared, scheduleCalendarUnit: 'Year', scheduleBaseTier: 1999 }, '10042'],
  ['with a name of 31 characters', { ...shared, agreementName: 'x'.repeat(31) }, '10041'],
  ['without a name', { ...shared, agreementName: '' }, '10001'],
  ['on every half month', { ...shared, scheduleEveryOther: 1.5 }, '10036'],
])('is refused %s', async (...[, body, errorCode]) => {
  expect(await make(body)).toMatchObject({ status: 400, errorCode });
});

it.each([
  ['Weekly', 'Week'],
  ['Quarterly', 'Month'],
  ['Custom', 'Month'],
])('that is %s is shown to count in the unit %s, which nobody has said', async (scheduleType, unit) => {
  const terms = { ...shared, scheduleType };
  const { json } = await make(terms);
  expect(json).toMatchObject({ ...terms, scheduleCalendarUnit: unit });
});

it('is not another company’s', async () => {
  const { json } = await make(shared);
  const path = `/agreement/${String(json['agreementGuid'])}`;
  expect(await call('GET', path, { key: bench.other.keys.admin })).toMatchObject({ status: 404, errorCode: '10024' });
});

it('has no collections of texts to be named, until there are some', async () => {
  expect((await call('GET', '/communicationCollections')).text).toBe('[]');
});
