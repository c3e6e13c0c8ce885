import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertCampaign, insertRow } from '@muster/testing/factories';
import { insertCharge } from '@muster/testing/insertCharge';
import { insertSubscriptions } from '@muster/testing/insertSubscriptions';
import { smsCaller } from '@muster/testing/smsCaller';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeEach(async () => void (bench = await apiBench(createApi)));
afterEach(() => bench.close());

/** A failed run of a new campaign of the company, with this code. */
async function failedRun(code: string, { id: companyId, keys } = bench.own, name?: string) {
  const campaign = await insertCampaign(bench.db, { companyId, name });
  const { json } = await bench.call('POST', `/api/campaigns/${campaign}/runs`, { key: keys.admin });
  await bench.db.execute(
    `update run set status = 'failed', error_code = $2, error_message = 'Told', finished_at = now() where id = $1`,
    [json['id'], code],
  );
  return { campaign, id: String(json['id']) };
}
const list = (query = '') => bench.call('GET', `/api/alerts${query}`);

it('lists what waits for a person, newest first, page by page', async () => {
  const parked = await failedRun('parked', bench.own, 'Early arrears');
  const refused = await failedRun('sftpLoginRefused');
  await failedRun('deliveryUnknown'); // of which the alert of the delivery tells

  const { list: all } = await list();

  expect(all).toMatchObject([
    { object: 'alert', kind: 'run.failed', code: 'sftpLoginRefused', runId: refused.id, campaignName: null },
    {
      ...{ kind: 'run.parked', code: 'parked', message: 'Told', campaignId: parked.campaign, runId: parked.id },
      campaignName: 'Early arrears',
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

describe('an alert that a person closes', () => {
  const openAlert = async (code: string) => {
    const run = await failedRun(code);
    const alert = (await list('?status=open')).list.find(({ runId }) => runId === run.id);
    return { run, path: `/api/alerts/${String(alert?.['id'])}` };
  };
  const note = 'The vendor has mended it';

  it('says who has closed it and why, and its run needs no attention any more', async () => {
    const { run, path } = await openAlert('parked');
    const attention = async () =>
      (await bench.call('GET', `/api/campaigns/${run.campaign}/runs/${run.id}`)).json['attention'];
    expect(await attention()).toMatchObject({ reason: 'parked' });
    expect((await bench.call('GET', path)).data).toMatchObject({ resolvedAt: null, resolution: null });

    const key = bench.own.keys.operator;
    const answer = await bench.call('POST', `${path}/resolve`, { key, body: { note } });

    const closed = { by: 'person', key: key.split('_')[1], note };
    expect(answer).toMatchObject({
      status: 200,
      data: { resolvedAt: expect.any(String) as string, resolution: closed },
    });
    expect((await bench.call('GET', path)).data).toEqual(answer.data);
    expect((await list('?status=resolved')).list).toEqual([answer.data]);
    expect(await attention()).toBeNull();
    expect((await bench.call('GET', '/api/runs?attention=parked')).list).toEqual([]);
  });

  it('is told apart from one whose cause is gone', async () => {
    const { run, path } = await openAlert('queryGone');
    await bench.call('POST', `/api/campaigns/${run.campaign}/runs/${run.id}/retry`);
    const resolution = { by: 'cause', key: null, note: null };
    const { data } = await bench.call('GET', path);
    expect(data).toMatchObject({ resolution });
    const { json } = await bench.call('POST', `${path}/resolve`, { body: { note } });
    expect(json['message']).toMatch(
      new RegExp(`is closed already: its cause was gone at ${String(data['resolvedAt'])}$`),
    );
  });

  it('is closed once: with its key the same is answered again, without one it is refused', async () => {
    const { path } = await openAlert('parked');
    const headers = { 'Idempotency-Key': 'once' };
    const [first, twin] = [
      await bench.call('POST', `${path}/resolve`, { body: { note }, headers }),
      await bench.call('POST', `${path}/resolve`, { body: { note }, headers }),
    ];
    expect([first.status, twin.text]).toEqual([200, first.text]);
    const [key, at] = [bench.own.keys.admin.split('_')[1], String(first.data['resolvedAt'])];
    const message = expect.stringMatching(new RegExp(`is closed already: by key ${key} at ${at}$`)) as string;
    const refusal = { status: 409, json: { code: 'alertNotOpen', message, details: { key } } };
    expect(await bench.call('POST', `${path}/resolve`, { body: { note: 'again' } })).toMatchObject(refusal);
    expect((await bench.call('GET', path)).data).toEqual(first.data);
  });

  it('is closed as it was read, and by who may', async () => {
    const { path } = await openAlert('parked');
    const etag = (await bench.call('GET', path)).headers.get('etag') ?? '';
    const body = { note };
    const stale = { body, headers: { 'If-Match': '"another"' } };
    expect(await bench.call('POST', `${path}/resolve`, stale)).toMatchObject({ status: 412 });
    const looking = { body, key: bench.own.keys.viewer };
    expect(await bench.call('POST', `${path}/resolve`, looking)).toMatchObject({ status: 403 });
    const fresh = { body, headers: { 'If-Match': etag } };
    expect(await bench.call('POST', `${path}/resolve`, fresh)).toMatchObject({ status: 200 });
  });

  it('is not closed where a delivery is in doubt: what became of the file has to be said', async () => {
    const run = await failedRun('deliveryUnknown');
    await insertRow(bench.db, 'delivery', {
      ...{ runId: run.id, file: 'contacts_output.csv', try: 1, generation: 1, state: 'unknown' },
      ...{ remoteName: 'a.csv', temporaryName: 't', sizeBytes: 1, sha256: 'a' },
    });
    const [alert] = (await list()).list;
    const answer = await bench.call('POST', `/api/alerts/${String(alert?.['id'])}/resolve`, { body: { note } });
    expect(answer).toMatchObject({ status: 409, json: { code: 'deliveryUnknown' } });
    expect(answer.json['message']).toContain(`${run.id}/deliveries/contacts_output.csv/resolve`);
    expect((await list('?status=open')).list).toHaveLength(1);
  });

  it('is not closed where charges are in doubt: what became of each has to be said', async () => {
    const { guids } = await insertSubscriptions(bench.db, { companyId: bench.own.id, nextDue: '2031-03-05', count: 1 });
    const chargeGuid = await insertCharge(bench.db, guids[0] ?? '', 'wanted');
    await bench.db.execute(`update sms_charge set state = 'unknown' where guid = $1`, [chargeGuid]);
    const [alert] = (await list('?kind=charge.unknown')).list;
    const path = `/api/alerts/${String(alert?.['id'])}`;
    const refusal = { status: 409, json: { code: 'chargeUnknown' } };
    expect(await bench.call('POST', `${path}/resolve`, { body: { note } })).toMatchObject(refusal);
    await smsCaller(bench)('POST', `/charge/${chargeGuid}/Settle`, { body: { outcome: 'Charged' } });
    expect((await bench.call('GET', path)).data).toMatchObject({ resolution: { by: 'cause', key: null } });
  });

  it.each([
    [{}, ['note required']],
    [{ note: '' }, ['note wrongLength']],
    [{ note: ' \t\n\u00a0\u200b' }, ['note wrongForm']],
  ])('is not closed by %j', async (body, faults) => {
    const { path } = await openAlert('parked');
    expect(await bench.call('POST', `${path}/resolve`, { body })).toMatchObject({ status: 400, faults });
  });
});

it('shows nobody another company’s alerts', async () => {
  await failedRun('parked', bench.other);
  const [theirs] = await bench.db.query<{ id: string }>('select id from alert');
  expect((await list()).list).toEqual([]);
  expect(await list(`?startingAfter=${theirs?.id}`)).toMatchObject({ status: 404, json: { code: 'cursorNotFound' } });
});
