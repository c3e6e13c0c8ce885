import { randomUUID } from 'node:crypto';
import { roles, type Scope, scopesOf } from '@muster/core/roles';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertRow } from '@muster/testing/factories';
import { insertCharge } from '@muster/testing/insertCharge';
import { insertSubscriptions } from '@muster/testing/insertSubscriptions';
import { smsCaller } from '@muster/testing/smsCaller';
import { createApi } from '../createApi.ts';

// Made of the SMS API's own description: an operation that is added is tried here by itself.
interface Described {
  operationId: string;
  'x-scope': Scope;
  requestBody?: { content: { 'application/json': { schema: { $ref?: string; oneOf?: { $ref?: string }[] } } } };
}
interface Operation extends Described {
  method: 'GET' | 'POST';
  path: string;
}
type Properties = Record<string, { readOnly?: boolean }>;

const nobody = '00000000-0000-0000-0000-000000000000';
const campaign = { campaignName: 'canary', replyText: 'canary', serviceType: 'Message' };
const agreement = {
  ...{ agreementName: 'canary', agreementType: 'Shared', scheduleType: 'Monthly' },
  ...{ scheduleBaseTier: 1, scheduleFixedDay: 1, scheduleEveryOther: 1 },
};
/** A body of each operation that takes one; each is made anew. */
const bodies: Record<string, () => object> = {
  createCampaign: () => ({ ...campaign }),
  createKeyword: () => ({ keyword: `canary${randomUUID().replaceAll('-', '').slice(0, 20)}` }),
  createAgreement: () => agreement,
  createCommunicationCollection: () => ({ name: randomUUID() }),
  settleCharge: () => ({ outcome: 'Refused' }),
  sendSms: () => ({ msisdn: '4520123456', text: 'canary' }),
  receiveMessages: () => ({ messageId: randomUUID(), msisdn: '4520123456', channel: '1217', text: 'canary' }),
};

let bench: ApiBench;
let operations: Operation[];
let schemas: Record<string, { properties?: Properties }>;
let own: Record<string, string>;
let theirs: typeof own;
beforeAll(async () => {
  bench = await apiBench(createApi);
  const { json } = await bench.call('GET', '/sms/openapi.json', { key: null });
  operations = Object.entries(json['paths'] as Record<string, Record<string, Described>>).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => ({
      ...{ ...described, path },
      method: method.toUpperCase() as 'GET' | 'POST',
    })),
  );
  ({ schemas } = json['components'] as { schemas: typeof schemas });
  own = await fill(bench.own);
  theirs = await fill(bench.other);
});
afterAll(() => bench.close());

/** One object of each kind, by the names that paths and bodies have for them. */
async function fill({ id: companyId, keys }: ApiBench['own']): Promise<Record<string, string>> {
  const create = async (path: string, name: string) =>
    (await smsCaller(bench)('POST', path, { key: keys.admin, body: bodies[name]?.() })).json;
  const message = await smsCaller(bench)('POST', '/SmsMO', { key: keys.carrier, body: bodies['receiveMessages']?.() });
  const guidIn = (json: unknown, name: string) => String((json as Record<string, string>)[name]);
  const { guids } = await insertSubscriptions(bench.db, { companyId, nextDue: '2031-03-05', count: 1 });
  const collection = await insertRow<{ guid: string }>(bench.db, 'sms_collection', { companyId, name: 'canary' });
  return {
    campaignGuid: guidIn(await create('/campaign', 'createCampaign'), 'campaignGuid'),
    keywordGuid: guidIn(await create('/keyword', 'createKeyword'), 'keywordGuid'),
    agreementGuid: guidIn(await create('/agreement', 'createAgreement'), 'agreementGuid'),
    subscriptionGuid: guids[0] ?? '',
    messageGuid: guidIn((message.json as unknown as unknown[])[0], 'messageGuid'),
    communicationCollectionGuid: collection.guid,
    chargeGuid: await insertCharge(bench.db, guids[0] ?? '', 'unknown'),
  };
}

const guidsOf = ({ path }: Operation) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
const addressOf = ({ path }: Operation, ids: Record<string, string>) =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? `no ${name}`);
const call = (operation: Operation, { ids = own, key = '', body = bodies[operation.operationId]?.() }) =>
  smsCaller(bench)(operation.method, addressOf(operation, ids), { body, ...(key !== '' && { key }) });

/** The fields of a body, by the names that clients may send. */
function fieldsOf({ requestBody }: Operation): string[] {
  const { $ref, oneOf } = requestBody?.content['application/json'].schema ?? {};
  const name = ($ref ?? oneOf?.[0]?.$ref)?.split('/').at(-1) ?? '';
  const properties = Object.entries(schemas[name]?.properties ?? {});
  return properties.filter(([, { readOnly }]) => readOnly !== true).map(([field]) => field);
}

/** All that is stored of a company's texts, to the letter. */
async function storedOf(companyId: string) {
  const tables = await bench.db.query<{ name: string }>(
    `select table_name as name from information_schema.columns
     where table_schema = 'public' and column_name = 'company_id' and table_name like 'sms\\_%' order by 1`,
  );
  expect(tables.length).toBeGreaterThan(8);
  const stored = tables.map(({ name }) =>
    bench.db.query(`select to_jsonb(t) from ${name} t where company_id = $1 order by 1`, [companyId]),
  );
  return Promise.all(stored);
}

it('knows an own object for each guid that a path names, and a body for each operation that takes one', () => {
  for (const guid of [...Object.values(own), ...Object.values(theirs)]) expect(guid).toMatch(/^[\da-f-]{36}$/);
  for (const operation of operations) {
    expect(addressOf(operation, own)).not.toContain('no ');
    expect([operation.operationId, bodies[operation.operationId] !== undefined]).toEqual([
      operation.operationId,
      operation.requestBody !== undefined,
    ]);
  }
});

it('lets nobody in with a key that is none', async () => {
  const open: string[] = [];
  for (const operation of operations) {
    const { status } = await call(operation, { key: 'mk_nobody' });
    if (status !== 401) open.push(`${operation.operationId} ${status}`);
  }
  expect(open).toEqual([]);
});

it.each(roles)('lets %s do what its scopes say, and no more', async (role) => {
  const before = await storedOf(bench.own.id);
  const wrong: string[] = [];
  for (const operation of operations) {
    // of objects that are not there, and bodies that are wrong: what is allowed is answered with 404 or less, and changes nothing
    const ids = Object.fromEntries(Object.keys(own).map((name) => [name, nobody]));
    const body = operation.requestBody ? { body: {} } : {};
    const { status, json } = await call(operation, { ids, key: bench.own.keys[role], ...body });
    const isRefused = status === 403 && json['errorCode'] === '10009';
    if (scopesOf(role).includes(operation['x-scope']) === isRefused || status >= 500)
      wrong.push(`${operation.operationId} ${status}`);
  }
  expect(wrong).toEqual([]);
  expect(await storedOf(bench.own.id)).toEqual(before);
});

it('answers 404 to every guid of another organisation in a path, as to one that nobody has, and changes nothing', async () => {
  const before = await storedOf(bench.other.id);
  const leaks: string[] = [];
  for (const operation of operations) {
    for (const name of guidsOf(operation)) {
      const guid = theirs[name] ?? '';
      const foreign = await call(operation, { ids: { ...own, [name]: guid } });
      const unknown = await call(operation, { ids: { ...own, [name]: nobody } });
      if (foreign.status !== 404 || foreign.text.replaceAll(guid, nobody) !== unknown.text)
        leaks.push(`${operation.operationId} {${name}} ${foreign.status} ${foreign.text}`);
    }
  }
  expect(leaks).toEqual([]);
  expect(await storedOf(bench.other.id)).toEqual(before);
});

it('answers 404 to what is no guid in a path, and names it as it was sent', async () => {
  const wrong: string[] = [];
  for (const operation of operations) {
    for (const name of guidsOf(operation)) {
      const { status, json } = await call(operation, { ids: { ...own, [name]: 'no%20guid' } });
      const { errorCode, errorDescription } = json as Record<string, string>;
      const isNamed = /^there is no [a-z]+ no guid: [a-zA-Z]+Guid is a guid$/.test(errorDescription ?? '');
      if (status !== 404 || !/^1002[2-8]$/.test(errorCode ?? '') || !isNamed)
        wrong.push(`${operation.operationId} {${name}} ${status} ${errorDescription}`);
    }
  }
  expect(wrong).toEqual([]);
});

it('answers 404 to every guid of another organisation in a body, and stores nothing', async () => {
  const before = [await storedOf(bench.own.id), await storedOf(bench.other.id)];
  const tried: string[] = [];
  const leaks: string[] = [];
  for (const operation of operations) {
    for (const name of fieldsOf(operation).filter((field) => field.endsWith('Guid'))) {
      const answerTo = (guid: string | undefined) =>
        call(operation, { body: { ...bodies[operation.operationId]?.(), [name]: guid } });
      const [foreign, unknown] = [await answerTo(theirs[name]), await answerTo(nobody)];
      tried.push(`${operation.operationId} ${name}`);
      if (foreign.status !== 404 || foreign.text.replaceAll(theirs[name] ?? '', nobody) !== unknown.text)
        leaks.push(`${operation.operationId} ${name} ${foreign.status} ${foreign.text}`);
    }
  }
  expect(leaks).toEqual([]);
  expect(tried).toEqual([
    'createCampaign agreementGuid',
    'createCampaign communicationCollectionGuid',
    'createKeyword campaignGuid',
  ]);
  expect([await storedOf(bench.own.id), await storedOf(bench.other.id)]).toEqual(before);
});

it('lists nothing of another organisation', async () => {
  for (const operation of operations.filter((one) => one.method === 'GET' && guidsOf(one).length === 0)) {
    const { status, text } = await call(operation, {});
    expect({ operation: operation.operationId, status }).toMatchObject({ status: 200 });
    for (const guid of Object.values(theirs)) expect(text).not.toContain(guid);
    expect(Object.values(own).some((guid) => text.includes(guid))).toBe(true);
  }
});

it('takes no column of the database that it does not name', async () => {
  const columns = await bench.db.query<{ name: string }>(
    `select distinct column_name as name from information_schema.columns where table_schema = 'public' and table_name like 'sms\\_%'`,
  );
  const camel = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const names = [...new Set(columns.flatMap(({ name }) => [name, camel(name)]))];
  const taken: string[] = [];
  for (const operation of operations.filter(({ requestBody }) => requestBody !== undefined)) {
    const key = operation['x-scope'] === 'carrier' ? bench.own.keys.carrier : bench.own.keys.admin;
    const { $ref, oneOf } = operation.requestBody?.content['application/json'].schema ?? {};
    const declared = Object.keys(schemas[($ref ?? oneOf?.[0]?.$ref)?.split('/').at(-1) ?? '']?.properties ?? {});
    expect(declared).not.toEqual([]);
    const others = names.filter((name) => !declared.includes(name));
    for (let at = 0; at < others.length; at += 20) {
      const some = others.slice(at, at + 20);
      const more = Object.fromEntries(some.map((name) => [name, null]));
      const { json } = await call(operation, { key, body: { ...bodies[operation.operationId]?.(), ...more } });
      const { errorCode, errorDescription } = json as Record<string, string>;
      expect(errorCode).toBe('10002');
      taken.push(...some.filter((name) => !errorDescription?.includes(`${name}: is not a known field`)));
    }
  }
  expect(taken).toEqual([]);
});
