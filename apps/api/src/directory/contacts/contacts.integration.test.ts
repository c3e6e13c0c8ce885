import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertContact, insertPerson, type Keyed } from '@muster/testing/factories';
import { createApi } from '../../createApi.ts';

let bench: ApiBench;
let person: Keyed;
beforeAll(async () => {
  bench = await apiBench(createApi);
  person = await insertPerson(bench.db, { companyId: bench.own.id, externalId: 'ada' });
});
afterAll(() => bench.close());

const path = () => `/api/people/${person.id}/contacts`;
const post = (body: object) => bench.call('POST', path(), { body });
const create = async (body: object = {}) => (await post({ contactType: 'phone', value: '+14155550123', ...body })).data;
const put = (contact: Record<string, unknown>, body: object) =>
  bench.call('PUT', `${path()}/${String(contact['id'])}`, { body });
const anyText = expect.any(String) as string;
const consentAt = 'receiveTextMessagesLastConsentAt';
const address = {
  ...{ addressLine1: '1 Main St', addressLine2: 'Apt 2', city: 'Troy', countyOrRegion: 'Rensselaer', state: 'NY' },
  ...{ postalCode: '12180', country: 'US', POBox: 'PO Box 3' },
};
const full = {
  ...{ externalId: 'home', contactType: 'address', label: 'home', affiliation: 'spouse', name: 'Bo', value: null },
  ...{ address, status: 'secondary', valid: false, verified: true, receiveTextMessages: true },
  [consentAt]: '2026-03-08T05:00:00.123Z',
  ...{ authorizedThirdParty: true, powerOfAttorney: true, phoneDisconnectionDetails: { carrier: 'x', at: [1, 2] } },
};

it('answers what was created', async () => {
  const { status, data } = await post(full);
  expect(status).toBe(200);
  expect(data).toEqual({
    ...full,
    id: expect.stringMatching(/^CT-[2-9A-Z]{6}-[2-9A-Z]{6}$/) as string,
    object: 'contact',
    companyId: bench.own.id,
    personId: person.id,
    createdAt: anyText,
    updatedAt: anyText,
    deletedAt: null,
  });
  expect((await bench.call('GET', `/api/people/ext-ada/contacts/ext-home`)).data).toEqual(data);
});

it('takes the defaults of the model', async () => {
  expect(await create()).toMatchObject({
    ...{ label: null, affiliation: 'self', status: 'primary', name: null, address: null, valid: true, verified: false },
    ...{ receiveTextMessages: false, receiveTextMessagesLastConsentAt: null, authorizedThirdParty: false },
    ...{ powerOfAttorney: false, phoneDisconnectionDetails: null },
  });
});

it.each(['(415) 555-0123', '4155550123', ' +1 415-555-0123 ', '1-415-555-0123'])(
  'stores the phone %j as E.164',
  async (value) => {
    expect(await create({ value })).toMatchObject({ value: '+14155550123' });
  },
);

it.each<[string, object, string]>([
  ['no type', { contactType: undefined }, 'contactType required'],
  ['a phone without a number', { value: null }, 'value required'],
  ['what is no number', { value: 'call me' }, 'value notAPhone'],
  ['a number that no country gives out', { value: '+1415' }, 'value phoneInvalid'],
  ['an email without an @', { contactType: 'email', value: 'ada.example.com' }, 'value emailInvalid'],
  ['an email without an address', { contactType: 'email', value: undefined }, 'value required'],
  ['an address without a place', { contactType: 'address', value: null, address: { state: 'NY' } }, 'address required'],
  ['an address without any', { contactType: 'address', value: null }, 'address required'],
  ['an unknown label', { label: 'boat' }, 'label notAllowed'],
  ['a fax', { contactType: 'fax' }, 'contactType notAllowed'],
  ['a moment without its zone', { [consentAt]: '2026-03-08T05:00:00' }, `${consentAt} wrongForm`],
  ['a moment that is none', { [consentAt]: '2026-02-30T05:00:00Z' }, `${consentAt} wrongForm`],
  ['a week for a moment', { [consentAt]: '2026-W10-1T05:00:00Z' }, `${consentAt} notAnInstant`],
  ['an unknown part of the address', { address: { street: 'x' } }, 'address.street unknownField'],
])('refuses %s', async (_, body, fault) => {
  expect(await post({ contactType: 'phone', value: '+14155550123', ...body })).toMatchObject({
    status: 400,
    faults: [fault],
  });
});
it('never shows the value that it refuses, nor logs one', async () => {
  const answer = await post({ contactType: 'phone', value: 'canary 123' });
  expect(answer).toMatchObject({ status: 400 });
  await post({ contactType: 'email', value: 'canary@example.com', name: 'canary' });
  expect(answer.text + JSON.stringify(bench.lines)).not.toContain('canary');
});

describe('a partial update', () => {
  it('leaves what is absent, clears what is null, in the address as well', async () => {
    const made = await create({ ...full, externalId: null });
    const { data } = await put(made, { address: { POBox: null, city: 'Rome' }, label: null });
    expect(data).toEqual({
      ...made,
      ...{ address: { ...address, POBox: null, city: 'Rome' }, label: null, updatedAt: anyText },
    });
    expect(await put(made, { address: null })).toMatchObject({ status: 400, faults: ['address required'] });
  });

  it('takes back what was read, and changes nothing by it', async () => {
    for (const made of [await create({ ...full, externalId: 'back' }), await create()]) {
      expect(await put(made, made)).toMatchObject({ status: 200, data: made });
    }
  });

  it('takes back what was stored before it was checked as it is now', async () => {
    const { id } = await insertContact(bench.db, { companyId: bench.own.id, personKey: person.key, value: '555' });
    const read = await bench.call('GET', `${path()}/${id}`);
    expect(await put(read.data, { ...read.data, verified: true })).toMatchObject({
      status: 200,
      data: { value: '555', verified: true },
    });
  });

  it('checks a new number, and stores it as E.164', async () => {
    const made = await create();
    expect(await put(made, { value: '(212) 555-0123' })).toMatchObject({ data: { value: '+12125550123' } });
    expect(await put(made, { value: 'x' })).toMatchObject({ status: 400, faults: ['value notAPhone'] });
    expect(await put(made, { value: null })).toMatchObject({ status: 400, faults: ['value required'] });
  });

  it('wants a value of the new kind where the kind changes', async () => {
    const made = await create();
    expect(await put(made, { contactType: 'email' })).toMatchObject({ status: 400, faults: ['value required'] });
    expect(await put(made, { contactType: 'email', value: made['value'] })).toMatchObject({
      status: 400,
      faults: ['value emailInvalid'],
    });
    expect(await put(made, { contactType: 'email', value: 'ada@example.com' })).toMatchObject({
      data: { contactType: 'email', value: 'ada@example.com' },
    });
    expect(await put(made, { contactType: 'address', value: null })).toMatchObject({ faults: ['address required'] });
    expect(await put(made, { contactType: 'address', value: null, address: { city: 'Troy' } })).toMatchObject({
      data: { value: null, address: { city: 'Troy', state: null } },
    });
  });
});

it('stays with its person', async () => {
  const other = await insertPerson(bench.db, { companyId: bench.own.id });
  const made = await create();
  expect(await put(made, { personId: other.id })).toMatchObject({ status: 404, faults: ['personId personNotFound'] });
  const elsewhere = `/api/people/${other.id}/contacts/${String(made['id'])}`;
  for (const method of ['GET', 'PUT', 'DELETE']) {
    expect(await bench.call(method, elsewhere, method === 'PUT' ? { body: {} } : {})).toMatchObject({ status: 404 });
  }
});

it('is deleted softly', async () => {
  const made = await create({ externalId: 'gone' });
  const one = `${path()}/${String(made['id'])}`;
  expect(await bench.call('DELETE', one)).toMatchObject({ status: 200, data: { deletedAt: anyText } });
  expect(await bench.call('GET', one)).toMatchObject({ status: 404, json: { code: 'contactNotFound' } });
  expect(await bench.call('DELETE', one)).toMatchObject({ status: 404 });
  expect(await bench.call('GET', `${one}?includeDeleted=true`)).toMatchObject({ data: { deletedAt: anyText } });
  const { list } = await bench.call('GET', `${path()}?includeArchived=true&limit=100`);
  expect(list.map(({ id }) => id)).not.toContain(made['id']);
});

describe('the list', () => {
  let owner: Keyed;
  beforeAll(async () => {
    const { id: companyId } = bench.own;
    owner = await insertPerson(bench.db, { companyId });
    const contacts = [
      { externalId: 'cell', receiveTextMessages: true },
      { externalId: 'work', label: 'work', status: 'secondary' as const },
      { externalId: 'mail', contactType: 'email' as const, label: null, value: 'ada@example.com' },
      { externalId: 'lawyer', affiliation: 'attorney' },
      { externalId: 'old', status: 'archived' as const, label: 'work' },
    ];
    for (const contact of contacts) await insertContact(bench.db, { companyId, personKey: owner.key, ...contact });
  });
  const listed = async (query: string) => {
    const { list, json } = await bench.call('GET', `/api/people/${owner.id}/contacts?${query}`);
    expect(json['total']).toBe(list.length);
    return list.map(({ externalId }) => externalId);
  };

  it.each([
    ['', ['lawyer', 'mail', 'work', 'cell']],
    ['includeArchived=true', ['old', 'lawyer', 'mail', 'work', 'cell']],
    ['status=archived', ['old']],
    ['status=primary', ['lawyer', 'mail', 'cell']],
    ['contactType=email', ['mail']],
    ['affiliation=attorney', ['lawyer']],
    ['label=work', ['work']],
    ['label=work&includeArchived=true', ['old', 'work']],
    ['receiveTextMessages=true', ['cell']],
    ['receiveTextMessages=false&contactType=phone', ['lawyer', 'work']],
  ])('of %j holds what it asks for, newest first', async (query, names) => {
    expect(await listed(query)).toEqual(names);
  });

  it('keeps its filter from page to page', async () => {
    const first = await bench.call('GET', `/api/people/${owner.id}/contacts?contactType=phone&limit=2`);
    expect(first.list.map(({ externalId }) => externalId)).toEqual(['lawyer', 'work']);
    const next = await bench.call('GET', String(first.json['nextUrl']));
    expect(next.list.map(({ externalId }) => externalId)).toEqual(['cell']);
  });

  it.each(['label=boat', 'receiveTextMessages=1', 'value=555'])('refuses %s', async (query) => {
    expect(await bench.call('GET', `${path()}?${query}`)).toMatchObject({ status: 400 });
  });
});
