import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertCampaign } from '@muster/testing/factories';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeEach(async () => void (bench = await apiBench(createApi)));
afterEach(() => bench.close());

/** A failed run of a new campaign of the company, with this code. */
async function failedRun(code: string, { id: companyId, keys } = bench.own) {
  const campaign = await insertCampaign(bench.db, { companyId });
  const { json } = await bench.call('POST', `/api/campaigns/${campaign}/runs`, { key: keys.admin });
  await bench.db.execute(
    `update run set status = 'failed', error_code = $2, error_message = 'Told', finished_at = now() where id = $1`,
    [json['id'], code],
  );
  return { campaign, id: String(json['id']) };
}
const list = (query = '') => bench.call('GET', `/api/alerts${query}`);

it('lists what waits for a person, newest first, page by page', async () => {
  const parked = await failedRun('parked');
  const refused = await failedRun('sftpLoginRefused');
  await failedRun('queryGone');

  const { list: all } = await list();

  expect(all).toMatchObject([
    { object: 'alert', kind: 'run.failed', code: 'sftpLoginRefused', runId: refused.id, resolvedAt: null },
    {
      ...{ kind: 'run.parked', code: 'parked', message: 'Told', campaignId: parked.campaign, runId: parked.id },
      webhook: { state: 'none', tries: 0, nextTryAt: null, deliveredAt: null, lastError: null },
    },
  ]);
  const first = await list('?limit=1');
  expect(first.json).toMatchObject({ total: 2, count: 1, nextUrl: expect.any(String) as string });
  const second = await list(`?limit=1&startingAfter=${String(first.list[0]?.['id'])}`);
  expect(second.list.map(({ runId }) => runId)).toEqual([parked.id]);
});

it('tells the open ones from those whose cause is gone, and one kind from another', async () => {
  const parked = await failedRun('parked');
  await failedRun('sftpLoginRefused');
  await bench.call('POST', `/api/campaigns/${parked.campaign}/runs/${parked.id}/retry`);
  const codes = async (query: string) => (await list(query)).list.map(({ code }) => code);

  expect(await codes('?status=open')).toEqual(['sftpLoginRefused']);
  expect(await codes('?status=resolved')).toEqual(['parked']);
  expect(await codes('?kind=run.parked')).toEqual(['parked']);
  expect(await codes('?kind=run.parked&status=open')).toEqual([]);
  expect(await list('?status=gone')).toMatchObject({ status: 400, faults: ['status notAllowed'] });
});

it('shows nobody another company’s alerts', async () => {
  await failedRun('parked', bench.other);
  const [theirs] = await bench.db.query<{ id: string }>('select id from alert');
  expect((await list()).list).toEqual([]);
  expect(await list(`?startingAfter=${theirs?.id}`)).toMatchObject({ status: 404, json: { code: 'cursorNotFound' } });
});
