import { type ApiBench, apiBench, type Call } from '@muster/testing/apiBench';
import { waitFor } from '@muster/testing/waitFor';
import { insertCampaign, insertCompany, insertExporter } from '@muster/testing/factories';
import { createApiKey } from '@muster/db/apiKeys';
import { companySecretPlace, type CompanyRow, readCompany } from '@muster/db/companySettings';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const MASK = '********';
const anyText = expect.any(String) as string;

/** A company of the test's own, and how to talk to it. */
async function company() {
  const id = await insertCompany(bench.db);
  const { key } = await createApiKey(bench.db, { companyId: id, role: 'admin' });
  const path = `/api/companies/${id}`;
  return {
    id,
    key,
    get: async () => (await bench.call('GET', path, { key })).data,
    put: (body: object, options: Call = {}) => bench.call('PUT', path, { body, key, ...options }),
    row: (): Promise<CompanyRow> => readCompany(bench.db.forCompany(id)),
  };
}

it('answers its settings, as they are by default', async () => {
  const { id, get } = await company();
  expect(await get()).toEqual({
    ...{ id, object: 'company', name: 'Test Lender', timeZone: 'America/New_York', catchUpUntil: '12:00' },
    ...{ dispatchWindow: { from: '05:00', to: '08:00' }, sendWindow: { from: '10:00', to: '17:00' } },
    ...{ screeningMaxAgeMinutes: 30, reservationHours: 168, rulePack: 'reg-f', rulePacksByState: {} },
    ...{ complianceGuardUrl: null, gateways: { text: null, mail: null, payment: null } },
    ...{ alertWebhook: null, smsWebhook: null },
    sms: { timeZone: 'Europe/Copenhagen', requireMd5: true, isobroMember: true },
    ...{
      rateLimits: { email: null, text: null, mail: null },
      requireScreening: false,
      retentionDays: { files: 30, texts: 365 },
    },
    ...{ createdAt: anyText, updatedAt: anyText },
  });
});

const full = {
  ...{ name: 'Lender', timeZone: 'America/Chicago', catchUpUntil: '11:30', reservationHours: 24 },
  ...{ dispatchWindow: { from: '04:00', to: '06:00' }, sendWindow: { from: '09:00', to: '18:00' } },
  ...{ screeningMaxAgeMinutes: 10, rulePack: 'massachusetts', rulePacksByState: { NY: 'reg-f' } },
  complianceGuardUrl: 'https://guard.example.com/check',
  gateways: { text: { url: 'https://sms.example.com/send', secret: 'canary-text' } },
  ...{ rateLimits: { email: 100, text: 20 }, retentionDays: { files: 7, texts: 30 }, requireScreening: true },
  alertWebhook: { url: 'https://hooks.example.com/muster', secret: 'canary-hook-secret' },
};

it('keeps what it is given, and shows no secret', async () => {
  const { get, put, row, id } = await company();
  const answer = await put(full);
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.data).toMatchObject({
    ...full,
    gateways: { text: { url: 'https://sms.example.com/send', secret: MASK }, mail: null },
    rateLimits: { email: 100, text: 20, mail: null },
    alertWebhook: { url: 'https://hooks.example.com/muster', secret: MASK },
  });
  expect(await get()).toEqual(answer.data);
  const stored = await row();
  expect(answer.text + JSON.stringify([stored, bench.lines])).not.toContain('canary');
  const open = (sealed: string, callee: 'alertWebhook' | 'gateways.text') =>
    bench.box.open(sealed, companySecretPlace(id, callee));
  expect(open(stored.alertWebhook!.secret!, 'alertWebhook')).toBe('canary-hook-secret');
  expect(open(stored.gateways!.text!.secret!, 'gateways.text')).toBe('canary-text');
});

it('takes back what was read, and changes nothing by it', async () => {
  for (const body of [{}, full]) {
    const { put } = await company();
    const read = await put(body);
    const answer = await put(read.data, { headers: { 'If-Match': read.headers.get('etag')! } });
    expect(answer).toMatchObject({ status: 200, data: read.data });
    expect(answer.headers.get('etag')).toBe(read.headers.get('etag'));
  }
});

it('leaves what is absent, clears what is null, in what is nested as well', async () => {
  const { put } = await company();
  await put(full);
  const part = await put({
    ...{
      dispatchWindow: { to: '07:00' },
      rateLimits: { text: null },
      gateways: { mail: { url: 'https://mail.example.com' } },
    },
    ...{ rulePacksByState: null, complianceGuardUrl: null, alertWebhook: { secret: null } },
  });
  expect(part.data).toMatchObject({
    ...{
      name: 'Lender',
      dispatchWindow: { from: '04:00', to: '07:00' },
      rulePacksByState: {},
      complianceGuardUrl: null,
    },
    rateLimits: { email: 100, text: null, mail: null },
    gateways: { text: { secret: MASK }, mail: { url: 'https://mail.example.com', secret: null } },
    alertWebhook: { url: 'https://hooks.example.com/muster', secret: null },
  });
  const cleared = await put({ gateways: null, rateLimits: null, alertWebhook: null });
  expect(cleared.data).toMatchObject({
    ...{
      gateways: { text: null, mail: null },
      rateLimits: { email: null, text: null, mail: null },
      alertWebhook: null,
    },
  });
});

it.each<[string, object, string]>([
  ['no name', { name: null }, 'name wrongType'],
  ['an unknown zone', { timeZone: 'Mars/Olympus' }, 'timeZone unknownTimeZone'],
  ['an hour that is none', { dispatchWindow: { from: '24:00' } }, 'dispatchWindow.from wrongForm'],
  ['a window that crosses midnight', { dispatchWindow: { from: '22:00' } }, 'dispatchWindow.to windowOrder'],
  ['a cut-off before the end of the window', { catchUpUntil: '07:00' }, 'catchUpUntil windowOrder'],
  ['an empty send window', { sendWindow: { to: '10:00' } }, 'sendWindow.to windowOrder'],
  ['an unknown pack', { rulePack: 'none' }, 'rulePack notAllowed'],
  ['an unknown pack of a state', { rulePacksByState: { MA: 'none' } }, 'rulePacksByState notRulePacks'],
  ['a state that is none', { rulePacksByState: { Mass: 'reg-f' } }, 'rulePacksByState notRulePacks'],
  ['no minutes', { screeningMaxAgeMinutes: 0 }, 'screeningMaxAgeMinutes outOfRange'],
  ['an unknown retention', { retentionDays: { runs: 3 } }, 'retentionDays.runs unknownField'],
  ['files that are kept for no day', { retentionDays: { files: 0 } }, 'retentionDays.files outOfRange'],
  ['files that are kept for too long', { retentionDays: { files: 3_651 } }, 'retentionDays.files outOfRange'],
  ['texts that are kept for less than a week', { retentionDays: { texts: 6 } }, 'retentionDays.texts outOfRange'],
  ['a part of a day', { retentionDays: { files: 1.5 } }, 'retentionDays.files wrongType'],
  ['a limit of nothing', { rateLimits: { text: 0 } }, 'rateLimits.text outOfRange'],
  ['an unknown gateway', { gateways: { fax: null } }, 'gateways.fax unknownField'],
  ['a guard by plain http', { complianceGuardUrl: 'http://guard.example.com' }, 'complianceGuardUrl httpsRequired'],
  ['a guard inside', { complianceGuardUrl: 'https://10.0.0.1/' }, 'complianceGuardUrl addressForbidden'],
  ['a webhook inside', { alertWebhook: { url: 'https://169.254.169.254/' } }, 'alertWebhook.url addressForbidden'],
  [
    'a webhook with a password',
    { alertWebhook: { url: 'https://u:p@x.example' } },
    'alertWebhook.url credentialsInAddress',
  ],
  ['a webhook without an address', { alertWebhook: { secret: 'sixteen letters!' } }, 'alertWebhook.url required'],
  [
    'a secret of a webhook that can be guessed',
    { alertWebhook: { url: 'https://x.example', secret: 'x' } },
    'alertWebhook.secret wrongLength',
  ],
  [
    'a secret of a webhook that its libraries cannot read',
    { alertWebhook: { url: 'https://x.example', secret: 'whsec_not base64 at all, but long' } },
    'alertWebhook.secret wrongForm',
  ],
  [
    'the mask where nothing is stored',
    { alertWebhook: { url: 'https://x.example', secret: MASK } },
    'alertWebhook.secret secretRequired',
  ],
])('refuses %s', async (_, body, fault) => {
  const { put } = await company();
  expect(await put(body)).toMatchObject({ status: 400, faults: [fault] });
});

it('is told all that is wrong at once, whatever check finds it', async () => {
  const { put, get } = await company();
  const { status, faults } = await put({
    ...{ name: 'Not stored', timeZone: 'Mars/Olympus', complianceGuardUrl: 'http://guard.example.com' },
    ...{ dispatchWindow: { from: '13:00', to: '12:30' }, sendWindow: { from: '18:00' }, rulePack: 'none' },
    gateways: { fax: null, text: { url: '', secret: MASK }, mail: { secret: 'x' } },
    alertWebhook: { url: 'https://10.0.0.1/', secret: MASK },
  });
  expect({ status, faults: faults.sort() }).toEqual({
    status: 400,
    faults: [
      ...['alertWebhook.secret secretRequired', 'alertWebhook.url addressForbidden', 'catchUpUntil windowOrder'],
      ...['complianceGuardUrl httpsRequired', 'dispatchWindow.to windowOrder', 'gateways.fax unknownField'],
      ...['gateways.mail.url required', 'gateways.text.secret secretRequired', 'gateways.text.url wrongLength'],
      ...['rulePack notAllowed', 'sendWindow.to windowOrder', 'timeZone unknownTimeZone'],
    ],
  });
  expect(await get()).toMatchObject({ name: 'Test Lender' });
});

it.each<[string, object, string]>([
  ['its beginning', { dispatchWindow: { from: '25:00', to: '04:00' } }, 'dispatchWindow.from wrongForm'],
  ['its end', { dispatchWindow: { to: '25:00' }, catchUpUntil: '07:00' }, 'dispatchWindow.to wrongForm'],
  ['all of it', { dispatchWindow: 5, catchUpUntil: '07:00' }, 'dispatchWindow wrongType'],
])('holds nothing against a window of which %s is faulty', async (_, body, fault) => {
  const { put } = await company();
  expect((await put(body)).faults).toEqual([fault]);
});

it('sends no stored secret to another server', async () => {
  const { put } = await company();
  await put(full);
  expect(await put({ alertWebhook: { url: 'https://evil.example.com/muster', secret: MASK } })).toMatchObject({
    status: 400,
    faults: ['alertWebhook.secret secretRequired'],
  });
  expect(await put({ gateways: { text: { url: 'https://evil.example.com' } } })).toMatchObject({
    status: 400,
    faults: ['gateways.text.secret secretRequired'],
  });
  const sameServer = { alertWebhook: { url: 'https://HOOKS.example.com:443/other', secret: MASK } };
  const withSecret = { gateways: { text: { url: 'https://evil.example.com', secret: 'new' } } };
  for (const body of [sameServer, withSecret]) expect(await put(body)).toMatchObject({ status: 200 });
});

it('changes only the state that the caller has read', async () => {
  const { put } = await company();
  const read = await put({});
  const headers = { 'If-Match': read.headers.get('etag')! };
  expect(await put({ name: 'First' }, { headers })).toMatchObject({ status: 200 });
  expect(await put({ name: 'Second' }, { headers })).toMatchObject({ status: 412 });
});

it('is read by all, and changed by admins', async () => {
  const { id, keys } = bench.own;
  for (const [role, status] of [
    ['viewer', 403],
    ['operator', 403],
    ['service', 403],
    ['admin', 200],
  ] as const) {
    expect(await bench.call('GET', `/api/companies/${id}`, { key: keys[role] })).toMatchObject({ status: 200 });
    expect(await bench.call('PUT', `/api/companies/${id}`, { key: keys[role], body: {} })).toMatchObject({ status });
  }
});

it('is there only by its own id', async () => {
  for (const id of [bench.other.id, 'CP-2222-2222']) {
    for (const method of ['GET', 'PUT', 'PATCH']) {
      const answer = await bench.call(method, `/api/companies/${id}`, method === 'GET' ? {} : { body: { name: 'x' } });
      expect(answer).toMatchObject({ status: 404, json: { code: 'companyNotFound' } });
    }
  }
});

describe('screening that is required', () => {
  it('is refused while an exporter does not screen, naming it, and refuses such exporters then', async () => {
    const { id, key, put } = await company();
    const exporter = await insertExporter(bench.db, { companyId: id });
    expect(await put({ requireScreening: true })).toMatchObject({
      status: 409,
      json: { code: 'exportersUnscreened', details: { contactExporterIds: [exporter] } },
      faults: ['requireScreening exportersUnscreened'],
    });
    const address = `/api/campaign-workers/contact-exporters/${exporter}`;
    const screening = { checkCanInteractData: { theme: 'opsCollDebt', isAutodialed: false } };
    await bench.call('PUT', address, { body: screening, key });
    expect(await put({ requireScreening: true })).toMatchObject({ status: 200 });
    expect(await bench.call('PUT', address, { body: { checkCanInteractData: null }, key })).toMatchObject({
      status: 400,
      faults: ['checkCanInteractData screeningRequired'],
    });
  });
});

describe('a new zone or window', () => {
  const campaignOf = async (id: string) =>
    (
      await bench.db.query<{ nextDueAt: Date; setAt: Date; updatedAt: Date }>(
        `select next_due_at as "nextDueAt", schedule_set_at as "setAt", updated_at as "updatedAt" from campaign where id = $1`,
        [id],
      )
    )[0]!;
  const timeIn = (at: Date, timeZone: string) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at);

  it('holds for every scheduled campaign at once', async () => {
    const { key, put } = await company();
    const ids = [];
    for (const schedule of ['P P * * *', 'P P * * 1-5', null]) {
      ids.push(String((await bench.call('POST', '/api/campaigns', { body: { schedule }, key })).data['id']));
    }
    await put({ timeZone: 'Asia/Kolkata', dispatchWindow: { from: '21:00', to: '21:10' }, catchUpUntil: '23:00' });
    const [daily, weekdays, byHand] = await Promise.all(ids.map(campaignOf));
    for (const { nextDueAt } of [daily!, weekdays!]) expect(timeIn(nextDueAt, 'Asia/Kolkata')).toMatch(/^21:0\d$/);
    expect(byHand).toMatchObject({ nextDueAt: null });
  });

  it('records first what was due before, and skips a slot that it moves into the past', async () => {
    const { id, put } = await company();
    const campaign = await insertCampaign(bench.db, { companyId: id, schedule: 'P P * * *' });
    await bench.db.execute(`update campaign set schedule_set_at = now() - interval '3 days' where id = $1`, [campaign]);
    await put({ timeZone: 'Pacific/Kiritimati' });
    const slots = await bench.db.query<{ state: string }>(
      'select state from campaign_slot where campaign_id = $1 order by due_date',
      [campaign],
    );
    expect(slots.length).toBeGreaterThanOrEqual(2);
    expect((await campaignOf(campaign)).nextDueAt.getTime()).toBeGreaterThan(Date.now());
  });

  it('leaves the campaigns alone when nothing of it changes', async () => {
    const { key, put } = await company();
    const { data } = await bench.call('POST', '/api/campaigns', { body: { schedule: 'P P * * *' }, key });
    const before = await campaignOf(String(data['id']));
    await put({ name: 'x', timeZone: 'America/New_York', catchUpUntil: '13:00', sendWindow: { from: '11:00' } });
    expect(await campaignOf(String(data['id']))).toEqual(before);
  });

  it('is not missed by a campaign that is made meanwhile', async () => {
    const { id, key } = await company();
    const { creating } = await bench.db.forCompany(id).transaction(async (tx) => {
      await tx.execute('select 1 from company where id = $1 for no key update', [id]);
      const creating = bench.call('POST', '/api/campaigns', { body: { schedule: 'P P * * *' }, key });
      // for the settings: else it would be due by the old ones
      await waitFor(async () => (await bench.db.query('select 1 from pg_locks where not granted')).length > 0);
      await tx.execute(`update company set time_zone = 'Asia/Kolkata' where id = $1`, [id]);
      return { creating };
    });
    const { data } = await creating;
    const { nextDueAt } = await campaignOf(String(data['id']));
    expect(timeIn(nextDueAt, 'Asia/Kolkata')).toMatch(/^0[5-7]:/);
  });
});
