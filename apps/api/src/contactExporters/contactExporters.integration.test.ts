import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertCompany } from '@muster/testing/factories';
import { createApiKey } from '@muster/db/apiKeys';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const path = '/api/campaign-workers/contact-exporters';
const body = {
  contactMatchingCriteria: { label: ['home', 'personal'], contactType: ['phone'] },
  columnSettings: [{ field: 'person.displayId', outputName: 'borrower' }, { field: 'query.daysPastDue' }],
  checkCanInteractData: { theme: 'opsCollDebt', isAutodialed: true },
};
const create = async (change: object = {}) => (await bench.call('POST', path, { body: { ...body, ...change } })).data;

it('answers what was created in an envelope, with an id and its times', async () => {
  const answer = await bench.call('POST', path, { body: { ...body, externalId: 'dialer-1' } });
  expect(answer).toMatchObject({ status: 200, json: { status: 200, message: 'OK' } });
  expect(answer.data).toEqual({
    ...body,
    columnSettings: [body.columnSettings[0], { field: 'query.daysPastDue', outputName: 'query.daysPastDue' }],
    id: expect.stringMatching(/^CE-[2-9A-Z]{4}-[2-9A-Z]{4}$/) as string,
    object: 'contactExporter',
    companyId: bench.own.id,
    externalId: 'dialer-1',
    createdAt: expect.stringMatching(/Z$/) as string,
    updatedAt: expect.any(String) as string,
    deletedAt: null,
  });
  expect((await bench.call('GET', `${path}/ext-dialer-1`)).data).toEqual(answer.data);
});

it('is read by each of its names, and listed newest first, in pages that meet', async () => {
  const made = [];
  for (const externalId of ['list 1', 'list 2', 'list 3']) made.unshift(await create({ externalId }));
  for (const name of [made[0]!['id'], 'ext-list%203']) {
    expect((await bench.call('GET', `${path}/${String(name)}`)).data).toEqual(made[0]);
  }
  const first = await bench.call('GET', `${path}?limit=2`);
  expect(first.list).toEqual(made.slice(0, 2));
  const next = await bench.call('GET', String(first.json['nextUrl']));
  expect(next.list[0]).toEqual(made[2]);
});

it('screens nobody where nothing was asked for', async () => {
  expect(await create({ checkCanInteractData: undefined })).toMatchObject({ checkCanInteractData: null });
});

it('names unknown, missing and ill-typed fields at once', async () => {
  const answer = await bench.call('POST', path, {
    body: {
      colour: 'red',
      contactMatchingCriteria: { label: ['pager'], colour: 1 },
      checkCanInteractData: { theme: 7 },
    },
  });
  expect(answer.status).toBe(400);
  expect(answer.faults).toEqual([
    'colour unknownField',
    'contactMatchingCriteria.colour unknownField',
    'contactMatchingCriteria.label notAllowed',
    'columnSettings required',
    'checkCanInteractData.theme notAllowed',
    'checkCanInteractData.isAutodialed required',
  ]);
});

it.each([
  ['no criterion', { contactMatchingCriteria: {} }, 'contactMatchingCriteria criteriaMissing'],
  ['an empty criterion', { contactMatchingCriteria: { label: [] } }, 'contactMatchingCriteria.label wrongLength'],
  ['an unknown label', { contactMatchingCriteria: { label: ['pager'] } }, 'contactMatchingCriteria.label notAllowed'],
  ['no columns', { columnSettings: [] }, 'columnSettings wrongLength'],
  ['an unknown column', { columnSettings: [{ field: 'contact.valeu' }] }, 'columnSettings[0].field unknownColumnField'],
  [
    'a column of the query without a name',
    { columnSettings: [{ field: 'query.' }] },
    'columnSettings[0].field unknownColumnField',
  ],
  [
    'two columns of one name',
    { columnSettings: [{ field: 'loan.id' }, { field: 'person.id', outputName: 'loan.id' }] },
    'columnSettings[1].outputName uniqueOutputNames',
  ],
  [
    'a name that a spreadsheet would run',
    { columnSettings: [{ field: 'loan.id', outputName: '=1+1' }] },
    'columnSettings[0].outputName formulaName',
  ],
  [
    'a name with a tab in front',
    { columnSettings: [{ field: 'loan.id', outputName: '\t=1' }] },
    'columnSettings[0].outputName wrongCharacters',
  ],
  [
    'an unknown theme',
    { checkCanInteractData: { theme: 'x', isAutodialed: true } },
    'checkCanInteractData.theme notAllowed',
  ],
  ['an empty externalId', { externalId: '' }, 'externalId wrongLength'],
  ['a number for an externalId', { externalId: 7 }, 'externalId wrongType'],
])('refuses %s', async (_, change, fault) => {
  expect(await bench.call('POST', path, { body: { ...body, ...change } })).toMatchObject({
    status: 400,
    faults: [fault],
  });
});

it('names a faulty column beside two that bear one name', async () => {
  const columnSettings = [
    { field: 'contact.valeu', outputName: 'id' },
    { field: 'loan.id', outputName: 'id' },
  ];
  expect(await bench.call('POST', path, { body: { ...body, columnSettings } })).toMatchObject({
    status: 400,
    faults: ['columnSettings[0].field unknownColumnField', 'columnSettings[1].outputName uniqueOutputNames'],
  });
});

it('names the nearest known field for one that is unknown', async () => {
  const answer = await bench.call('POST', path, { body: { ...body, columnSettings: [{ field: 'contact.valeu' }] } });
  expect(answer.text).toContain('did you mean contact.value?');
});

it('takes back what was read, and ignores what is only ever read', async () => {
  const made = await create();
  const answer = await bench.call('PUT', `${path}/${String(made['id'])}`, {
    body: { ...made, companyId: 'CP-X-X', createdAt: null },
  });
  expect(answer).toMatchObject({ status: 200, data: { ...made, updatedAt: expect.any(String) as string } });
});

it.each(['PUT', 'PATCH'])('leaves with %s what is absent, and clears what is null', async (method) => {
  const made = await create({ externalId: `partial-${method}` });
  const address = `${path}/${String(made['id'])}`;
  const renamed = { contactMatchingCriteria: { status: ['primary'] } };
  expect((await bench.call(method, address, { body: renamed })).data).toMatchObject({
    ...made,
    ...renamed,
    updatedAt: expect.any(String) as string,
  });
  expect(
    (await bench.call(method, address, { body: { externalId: null, checkCanInteractData: null } })).data,
  ).toMatchObject({
    externalId: null,
    checkCanInteractData: null,
  });
  expect(await bench.call(method, address, { body: { columnSettings: null } })).toMatchObject({ status: 400 });
  expect(await bench.call(method, address, { body: {} })).toMatchObject({ status: 200 });
});

it('answers 409 to a second use of an externalId, naming the field', async () => {
  await create({ externalId: 'twice' });
  const answer = await bench.call('POST', path, { body: { ...body, externalId: 'twice' } });
  expect(answer).toMatchObject({ status: 409, faults: ['externalId externalIdTaken'] });
  expect(
    await bench.call('POST', path, { key: bench.other.keys.admin, body: { ...body, externalId: 'twice' } }),
  ).toMatchObject({ status: 200 });
});

it('refuses not to screen where the company requires it', async () => {
  await bench.db.execute('update company set require_screening = true where id = $1', [bench.other.id]);
  const answer = await bench.call('POST', path, {
    key: bench.other.keys.admin,
    body: { ...body, checkCanInteractData: null },
  });
  expect(answer).toMatchObject({ status: 400, faults: ['checkCanInteractData screeningRequired'] });
});

it('tells all that is wrong at once, whatever check finds it', async () => {
  const { key } = await createApiKey(bench.db, { companyId: await strictCompany(), role: 'admin' });
  const made = await bench.call('POST', path, { key, body });
  const wrong = {
    contactMatchingCriteria: { label: [] },
    columnSettings: [{ field: 'contact.valeu', outputName: 'a' }, { field: 'loan.id', outputName: 'a' }, {}],
    checkCanInteractData: null,
  };
  for (const [method, address] of [
    ['POST', path],
    ['PUT', `${path}/${String(made.data['id'])}`],
  ] as const) {
    const { status, faults } = await bench.call(method, address, { key, body: wrong });
    expect({ status, faults: faults.sort() }).toEqual({
      status: 400,
      faults: [
        ...['checkCanInteractData screeningRequired', 'columnSettings[0].field unknownColumnField'],
        ...['columnSettings[1].outputName uniqueOutputNames', 'columnSettings[2].field required'],
        'contactMatchingCriteria.label wrongLength',
      ],
    });
  }
});

it('asks for no screening of which it knows that it is faulty', async () => {
  const { key } = await createApiKey(bench.db, { companyId: await strictCompany(), role: 'admin' });
  const { faults } = await bench.call('POST', path, { key, body: { ...body, checkCanInteractData: 5 } });
  expect(faults).toEqual(['checkCanInteractData wrongType']);
});

/** A company that lets nobody be contacted unscreened. */
async function strictCompany() {
  const id = await insertCompany(bench.db);
  await bench.db.execute('update company set require_screening = true where id = $1', [id]);
  return id;
}

it('deletes softly: gone from lists and from use, still readable when asked for', async () => {
  const { id } = await create();
  expect(await bench.call('DELETE', `${path}/${String(id)}`)).toMatchObject({ status: 200 });
  expect(await bench.call('GET', `${path}/${String(id)}`)).toMatchObject({ status: 404 });
  const read = await bench.call('GET', `${path}/${String(id)}?includeDeleted=true`);
  expect(read.data['deletedAt']).toEqual(expect.any(String));
  expect((await bench.call('GET', path)).list.map((row) => row['id'])).not.toContain(id);
  expect(await bench.call('POST', '/api/campaigns', { body: { contactExporterId: id } })).toMatchObject({
    status: 404,
  });
});

it('answers 409 to deleting an exporter in use, naming the campaigns', async () => {
  const { id } = await create();
  const campaign = await bench.call('POST', '/api/campaigns', { body: { contactExporterId: id } });
  const answer = await bench.call('DELETE', `${path}/${String(id)}`);
  expect(answer).toMatchObject({
    status: 409,
    json: { code: 'exporterInUse', details: { campaignIds: [campaign.data['id']] } },
  });
});
