import { type Role, roles, type Scope, scopesOf } from '@muster/core/roles';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertRow } from '@muster/testing/factories';
import { createApi } from './createApi.ts';

// Made of the API's own description: an operation that is added is tried here by itself.
interface Described {
  operationId: string;
  'x-scope': Scope;
  parameters: { name?: string; in?: string; $ref?: string }[];
  requestBody?: { required: boolean; content: Record<string, object> };
}
interface Operation extends Described {
  method: string;
  path: string;
}

let bench: ApiBench;
let operations: Operation[];
let schemas: Record<string, { properties?: object }>;
let own: Record<string, string>;
let theirs: typeof own;
beforeAll(async () => {
  bench = await apiBench(createApi);
  const { json } = await bench.call('GET', '/api/openapi.json', { key: null });
  operations = Object.entries(json['paths'] as Record<string, Record<string, Described>>).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => ({ ...described, method: method.toUpperCase(), path })),
  );
  ({ schemas } = json['components'] as { schemas: typeof schemas });
  own = await fill(bench.own);
  theirs = await fill(bench.other);
});
afterAll(() => bench.close());

const person = { borrowerType: 'person', name: { firstName: 'canary', lastName: 'canary' } };
const contact = { contactType: 'phone', label: 'home', value: '+14155550123', name: 'canary' };
const interaction = { channel: 'voice', direction: 'outbound', status: 'attempted', theme: 'opsCollDebt' };
const exporter = { contactMatchingCriteria: { contactType: ['phone'] }, columnSettings: [{ field: 'contact.value' }] };
/** What an operation takes, where nothing at all is not enough. */
const bodies: Record<string, object> = {
  createPerson: person,
  createLoan: {},
  createContact: contact,
  createInteraction: interaction,
  createDoNotInteract: { channels: ['all'] },
  createContactExporter: exporter,
  updateConsents: [{ name: 'electronicComms', status: 'consented' }],
  patchConsents: [{ name: 'electronicComms', status: 'consented' }],
  resolveDelivery: { as: 'delivered', note: 'x' },
  resolveAlert: { note: 'x' },
  canInteract: { channel: 'voice', theme: 'opsCollDebt' },
};

/** One object of each kind, by the names that the paths have for them. */
async function fill({ id: companyId, keys }: ApiBench['own']): Promise<Record<string, string>> {
  const create = async (path: string, body: unknown, headers = {}) => {
    const { json, data } = await bench.call('POST', `/api${path}`, { key: keys.admin, body, headers });
    return String((data as object | undefined) === undefined ? json['id'] : data['id']);
  };
  const personId = await create('/people', person);
  const campaignId = await create('/campaigns', {
    name: 'canary',
    redashQueryUrl: 'https://redash.example.com/queries/1',
  });
  const runId = await create(`/campaigns/${campaignId}/runs`, { worker: 'external' });
  const stored = { companyId, runId, name: 'log.txt', key: 'k', sizeBytes: 1, sha256: 'a' };
  const alert = { companyId, campaignId, kind: 'slot.missed', code: 'missed', message: 'canary' };
  const caseId = 'CS-2222-2222';
  const importId = await create('/imports/people', 'externalId\r\ncanary\r\n', { 'Content-Type': 'text/csv' });
  return {
    ...{ companyId, personId, campaignId, runId, caseId, importId, file: 'contacts_output.csv' },
    loanId: await create(`/people/${personId}/loans`, {}),
    contactId: await create(`/people/${personId}/contacts`, contact),
    doNotInteractId: await create(`/people/${personId}/cases/${caseId}/do-not-interacts`, { channels: ['all'] }),
    interactionId: await create(`/people/${personId}/interactions`, interaction),
    contactExporterId: await create('/campaign-workers/contact-exporters', exporter),
    fileId: (await insertRow<{ id: string }>(bench.db, 'file', stored)).id,
    alertId: (await insertRow<{ id: string }>(bench.db, 'alert', alert)).id,
  };
}

const paramsOf = ({ path }: Operation) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
const addressOf = ({ path }: Operation, ids: Record<string, string>) =>
  `/api${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? `no ${name}`)}`;
const bodyOf = ({ operationId, method, requestBody }: Operation) => {
  const name = operationId.replace('OfCompany', '');
  const isBytes = requestBody !== undefined && !('application/json' in requestBody.content);
  if (isBytes) return { body: 'externalId\r\n', headers: { 'Content-Type': 'text/csv' } };
  return method === 'GET' || method === 'DELETE' ? {} : { body: bodies[name] ?? {} };
};
const call = (operation: Operation, address: string, key: string | null) =>
  bench.call(operation.method, address, { key, ...bodyOf(operation) });

it('knows an own object for each id that a path names', () => {
  for (const operation of operations) expect(addressOf(operation, own)).not.toContain('no ');
});

it('lets nobody in without a credential', async () => {
  const open: string[] = [];
  for (const operation of operations) {
    const { status } = await call(operation, addressOf(operation, own), null);
    if (status !== 401) open.push(`${operation.operationId} ${status}`);
  }
  expect(open).toEqual([]);
});

it.each(roles.filter((role) => role !== 'admin'))(
  'lets a %s do what its scopes say, and no more',
  async (role: Role) => {
    const wrong: string[] = [];
    for (const operation of operations) {
      // of objects that are not there: what is allowed is answered with 404 or less, and changes nothing
      const nothing = Object.fromEntries(Object.keys(own).map((name) => [name, 'XX-2222-2222']));
      const isCreation = paramsOf(operation).every((name) => name === 'companyId') && operation.method === 'POST';
      if (isCreation || operation.operationId === 'startImportOfCompany' || operation.operationId === 'startImport')
        continue;
      const address = addressOf(operation, { ...nothing, companyId: bench.own.id });
      const { status } = await call(operation, address, bench.own.keys[role]);
      const isAllFiles = operation.operationId.startsWith('downloadRunFiles'); // which hold personal data
      const mayDo = scopesOf(role).includes(isAllFiles ? 'files:read' : operation['x-scope']);
      if (mayDo === (status === 403)) wrong.push(`${operation.operationId} ${status}`);
    }
    expect(wrong).toEqual([]);
  },
);

it('answers 404 to every id of another company, in every place of every path', async () => {
  const leaks: string[] = [];
  for (const operation of operations) {
    for (const name of paramsOf(operation).filter((param) => !['caseId', 'file'].includes(param))) {
      if (operation.operationId.startsWith('startImport') && name === 'importId') continue; // a kind, no id
      const ids = { ...own, [name]: theirs[name] ?? '' };
      const { status, text } = await call(operation, addressOf(operation, ids), bench.own.keys.admin);
      if (status !== 404 || text.includes('canary')) leaks.push(`${operation.operationId} {${name}} ${status}`);
    }
  }
  expect(leaks).toEqual([]);
});

it('answers another company’s object as one that is not there, to the letter', async () => {
  for (const operation of operations.filter(({ method }) => method === 'GET')) {
    for (const name of paramsOf(operation).filter((param) => param.endsWith('Id') && param !== 'caseId')) {
      const prefix = (theirs[name] ?? '').slice(0, 2);
      const unknown = (theirs[name] ?? '').replace(/-.*/, '-ZZZZ-ZZZZ');
      const answers = await Promise.all(
        [theirs[name] ?? '', unknown].map((id) =>
          call(operation, addressOf(operation, { ...own, [name]: id }), bench.own.keys.admin),
        ),
      );
      const told = answers.map(({ status, json }) => ({
        status,
        code: json['code'],
        message: String(json['message']).replaceAll(new RegExp(`${prefix}-[\\w-]+`, 'g'), '…'),
      }));
      expect(told[0]).toEqual(told[1]);
    }
  }
});

it('refuses a body that is missing where one is required', async () => {
  const needing = operations.filter(
    ({ requestBody }) => requestBody?.required && 'application/json' in requestBody.content,
  );
  expect(new Set(needing.map(({ method }) => method))).toEqual(new Set(['POST', 'PUT', 'PATCH']));
  for (const operation of needing) {
    const { status, faults, json } = await bench.call(operation.method, addressOf(operation, own));
    const kind = operation.operationId.includes('Consents') ? 'list' : 'object';
    expect({ status, faults, message: json['message'] }).toEqual({
      ...{ status: 400, faults: [' required'], message: `the body is missing: send a JSON ${kind}` },
    });
  }
});

it('takes no column of the database that it does not name', async () => {
  const columns = await bench.db.query<{ name: string }>(
    `select distinct column_name as name from information_schema.columns where table_schema = 'public'`,
  );
  const camel = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const names = [...new Set(columns.flatMap(({ name }) => [name, camel(name)]))];
  const taken: string[] = [];
  for (const operation of operations.filter(({ operationId }) => !operationId.endsWith('OfCompany'))) {
    const { schema } = (operation.requestBody?.content['application/json'] ?? {}) as { schema?: { $ref?: string } };
    if (schema?.$ref === undefined) continue;
    const declared = Object.keys(schemas[schema.$ref.split('/').at(-1) ?? '']?.properties ?? {});
    const others = names.filter((name) => !declared.includes(name));
    // of a run that is started some faults are enough; so all of them go in handfuls
    for (let at = 0; at < others.length; at += 20) {
      const body = Object.fromEntries(others.slice(at, at + 20).map((name) => [name, null]));
      const { faults } = await bench.call(operation.method, addressOf(operation, own), { body });
      const refused = faults.filter((fault) => fault.endsWith(' unknownField')).map((fault) => fault.split(' ')[0]);
      taken.push(...Object.keys(body).filter((name) => !refused.includes(name)));
    }
  }
  expect(taken).toEqual([]);
});

it('takes an Idempotency-Key on every POST that stores or starts something', () => {
  const decidesAnew = ['previewCampaign', 'checkCampaign', 'canInteract'];
  const without = operations.filter(
    ({ method, operationId, parameters }) =>
      method === 'POST' &&
      !decidesAnew.includes(operationId.replace('OfCompany', '')) &&
      !parameters.some(({ $ref }) => $ref?.endsWith('/IdempotencyKey')),
  );
  expect(without.map(({ operationId }) => operationId)).toEqual([]);
});

it('holds every change to the state that If-Match names', async () => {
  const wrong: string[] = [];
  for (const operation of operations.filter(({ method }) => ['PUT', 'PATCH', 'DELETE'].includes(method))) {
    const { status } = await bench.call(operation.method, addressOf(operation, own), {
      ...bodyOf(operation),
      headers: { 'If-Match': '"another"' },
    });
    if (status !== 412) wrong.push(`${operation.operationId} ${status}`);
  }
  expect(wrong).toEqual([]);
});
