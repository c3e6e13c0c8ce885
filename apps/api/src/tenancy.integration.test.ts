import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertCampaign, insertExporter, insertRow } from '@muster/testing/factories';
import { createApi } from './createApi.ts';

let bench: ApiBench;
let theirs: { load: string; campaign: string; exporter: string; run: string; file: string; alert: string };
let own: typeof theirs;
beforeAll(async () => {
  bench = await apiBench(createApi);
  theirs = await fill(bench.other);
  own = await fill(bench.own);
});
afterAll(() => bench.close());

async function fill({ id: companyId, keys }: ApiBench['own']) {
  const exporter = await insertExporter(bench.db, { companyId, externalId: 'exporter' });
  const rows = { key: keys.admin, body: 'externalId\r\ncanary\r\n', headers: { 'Content-Type': 'text/csv' } };
  const load = (await bench.call('POST', '/api/imports/people', rows)).data['id'] as string;
  const campaign = await insertCampaign(bench.db, {
    companyId,
    externalId: `campaign of ${companyId}`,
    name: 'canary',
  });
  const run = (await bench.call('POST', `/api/campaigns/${campaign}/runs`, { key: keys.admin })).json['id'] as string;
  const stored = { companyId, runId: run, name: 'log.txt', key: 'k', sizeBytes: 1, sha256: 'a' };
  const { id: file } = await insertRow<{ id: string }>(bench.db, 'file', stored);
  const raised = { companyId, campaignId: campaign, kind: 'slot.missed', code: 'missed', message: 'canary' };
  const { id: alert } = await insertRow<{ id: string }>(bench.db, 'alert', raised);
  return { load, exporter, campaign, run, file, alert };
}

// Every endpoint, with each id that it takes. A route that is added belongs here.
// Jest would take a third parameter that is not given for its `done`: so each row has three.
const matrix: [method: string, path: string, body: object | undefined][] = [
  ['GET', '/campaigns/{campaign}', undefined],
  ['GET', '/campaigns/{campaign}?includeDeleted=true', undefined],
  ['PUT', '/campaigns/{campaign}', { name: 'x' }],
  ['PATCH', '/campaigns/{campaign}', { name: 'x' }],
  ['DELETE', '/campaigns/{campaign}', undefined],
  ['POST', '/campaigns/{campaign}/runs', {}],
  ['GET', '/campaigns/{campaign}/runs', undefined],
  ['GET', '/campaigns/{campaign}/runs/{run}', undefined],
  ['POST', '/campaigns/{campaign}/runs/{run}/cancel', undefined],
  ['POST', '/campaigns/{campaign}/runs/{run}/retry', undefined],
  ['POST', '/campaigns/{campaign}/runs/{run}/deliveries/contacts_output.csv/resolve', { as: 'delivered', note: 'x' }],
  ['GET', '/runs?startingAfter={run}', undefined],
  ['GET', '/alerts?startingAfter={run}', undefined],
  ['GET', '/alerts/{alert}', undefined],
  ['POST', '/alerts/{alert}/resolve', { note: 'x' }],
  ['PUT', '/campaigns/{campaign}/runs/{run}', { status: 'running', logFileId: '{file}' }],
  ['PATCH', '/campaigns/{campaign}/runs/{run}', {}],
  ['GET', '/files/{file}', undefined],
  ['GET', '/files/{file}/content', undefined],
  ['GET', '/campaigns/{campaign}/runs/{run}/files', undefined],
  ['GET', '/campaigns/{campaign}/runs/{run}/files?file=log.txt', undefined],
  ['POST', '/campaigns/{campaign}/preview', {}],
  ['POST', '/campaigns/{campaign}/check', {}],
  ['GET', '/campaigns/{campaign}/schedule', undefined],
  ['GET', '/campaigns/{campaign}/slots', undefined],
  ['GET', '/imports/{load}', undefined],
  ['GET', '/imports/{load}/refused', undefined],
  ['GET', '/imports?startingAfter={load}', undefined],
  ['GET', '/campaign-workers/contact-exporters/{exporter}', undefined],
  ['PUT', '/campaign-workers/contact-exporters/{exporter}', { externalId: 'x' }],
  ['PATCH', '/campaign-workers/contact-exporters/{exporter}', { externalId: 'x' }],
  ['DELETE', '/campaign-workers/contact-exporters/{exporter}', undefined],
  ['GET', '/campaigns?startingAfter={campaign}', undefined],
  ['GET', '/campaigns?endingBefore={campaign}', undefined],
  ['GET', '/campaign-workers/contact-exporters?startingAfter={exporter}', undefined],
  ['POST', '/campaigns', { contactExporterId: '{exporter}' }],
];

const filled = (text: string, ids: typeof theirs) =>
  text.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof ids) => ids[name]);

it.each(matrix)('answers %s %s of another company with 404', async (method, path, body) => {
  const answer = await bench.call(method, `/api${filled(path, theirs)}`, {
    ...(body && { body: filled(JSON.stringify(body), theirs) }),
  });
  expect(answer.status).toBe(404);
  expect(answer.text).not.toMatch(/canary/);
});

it.each(matrix)('answers %s %s under the path of another company with 404', async (method, path, body) => {
  const answer = await bench.call(method, `/api/companies/${bench.other.id}${filled(path, theirs)}`, {
    ...(body && { body }),
  });
  expect(answer).toMatchObject({ status: 404, json: { code: 'companyNotFound' } });
});

it.each(['/runs/{run}', '/runs/{run}/files', '/runs/{run}/files?file=log.txt', '/runs?startingAfter={run}'])(
  'answers 404 to a run of another company under a campaign of the own one: %s',
  async (path) => {
    const answer = await bench.call('GET', `/api/campaigns/${own.campaign}${filled(path, theirs)}`);
    expect(answer.status).toBe(404);
  },
);

it('finds no external id of another company', async () => {
  const name = encodeURIComponent(`ext-campaign of ${bench.other.id}`);
  expect(await bench.call('GET', `/api/campaigns/${name}`)).toMatchObject({ status: 404 });
  expect(await bench.call('GET', `/api/campaigns/${name}/runs/${theirs.run}`)).toMatchObject({ status: 404 });
});

it('gives a new exporter of another company to no campaign that is changed', async () => {
  const answer = await bench.call('PUT', `/api/campaigns/${own.campaign}`, {
    body: { contactExporterId: theirs.exporter },
  });
  expect(answer).toMatchObject({ status: 404, faults: ['contactExporterId contactExporterNotFound'] });
});

const fileFields = ['queryResultsFileId', 'campaignInputFileId', 'contactsOutputFileId', 'logFileId'];

it.each(fileFields)('gives no file of another company to a run that is reported on: %s', async (field) => {
  const campaign = await insertCampaign(bench.db, { companyId: bench.own.id });
  const runs = `/api/campaigns/${campaign}/runs`;
  const run = (await bench.call('POST', runs, { body: { worker: 'external' } })).json['id'] as string;
  const report = (id: string) => bench.call('PUT', `${runs}/${run}`, { body: { status: 'running', [field]: id } });
  const [foreign, unknown] = [await report(theirs.file), await report('FL-ZZZZ-ZZZZ')];
  expect(foreign).toMatchObject({ status: 404, faults: [`${field} fileNotFound`] });
  const told = ({ json }: typeof foreign) => ({ ...json, requestId: null });
  expect(told(foreign)).toEqual(told(unknown));
  await bench.db.execute('update campaign set deleted_at = now() where id = $1', [campaign]);
});

it('shows in lists only what is the company\u2019s', async () => {
  const campaigns = await bench.call('GET', '/api/campaigns');
  expect(campaigns.list.map(({ id }) => id)).toEqual([own.campaign]);
  const exporters = await bench.call('GET', '/api/campaign-workers/contact-exporters');
  expect(exporters.list.map(({ id }) => id)).toEqual([own.exporter]);
});

it('left the other company as it was', async () => {
  const [campaign] = await bench.db.query('select name, deleted_at from campaign where id = $1', [theirs.campaign]);
  expect(campaign).toEqual({ name: 'canary', deleted_at: null });
  const [exporter] = await bench.db.query('select external_id, deleted_at from contact_exporter where id = $1', [
    theirs.exporter,
  ]);
  expect(exporter).toEqual({ external_id: 'exporter', deleted_at: null });
  expect(await bench.db.query('select 1 from run where company_id = $1', [bench.other.id])).toHaveLength(1);
  const files = await bench.db.query('select run_id from file where company_id = $1', [bench.other.id]);
  expect(files).toEqual([{ run_id: theirs.run }]);
});
