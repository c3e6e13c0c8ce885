import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { smsCaller } from '@muster/testing/smsCaller';
import { createApi } from '../../createApi.ts';

let bench: ApiBench;
beforeAll(async () => (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const make = (name: unknown) => smsCaller(bench)('POST', '/communicationCollection', { body: { name } });

it('is made, and listed from then on, newest first', async () => {
  const [first, second] = [await make('Winter'), await make('Spring')];
  expect([first.status, second.status]).toEqual([201, 201]);
  const { text } = await smsCaller(bench)('GET', '/communicationCollections');
  expect(JSON.parse(text)).toEqual([second.json, first.json]);
  expect(first.json).toEqual({
    communicationCollectionGuid: expect.any(String) as string,
    createdTs: expect.stringMatching(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} \+0[12]00$/) as string,
    name: 'Winter',
  });
});

it('may be named by a campaign', async () => {
  const { json } = await make('Summer');
  const body = { campaignName: 'Gift', replyText: 'Thanks', serviceType: 'Message', ...pick(json) };
  const made = await smsCaller(bench)('POST', '/campaign', { body });
  expect(made.status).toBe(201);
});

const pick = ({ communicationCollectionGuid }: Record<string, unknown>) => ({ communicationCollectionGuid });

it('has a name of its own', async () => {
  expect((await make('Autumn')).status).toBe(201);
  expect(await make('Autumn')).toMatchObject({ status: 400, errorCode: '10055' });
});

it.each([[''], ['x'.repeat(101)], [5], [undefined]])('is not made with the name %j', async (name) => {
  expect(await make(name)).toMatchObject({ status: 400, errorCode: '10001' });
});
