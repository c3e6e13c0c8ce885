import { withoutAbsent } from '@muster/core/withoutAbsent';
import { getObject, listObjects } from '@muster/db/companyObjects';
import { contacts } from '@muster/db/directory/kinds';
import { changeObject, deleteObject, insertObject } from '@muster/db/objectRows';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { pageOf } from '../../answer.ts';
import { operation, type Operation } from '../../operation.ts';
import { ObjectQuery, pageRequestOf } from '../../queries.ts';
import { requireSamePerson, withinPerson } from '../withinPerson.ts';
import { ContactsQuery, CreateContact, UpdateContact } from './dto.ts';
import { settleContact } from './settleContact.ts';
import { ContactAnswer, contactView } from './views.ts';

const tag = 'Contacts';
const COLLECTION = '/people/{personId}/contacts';
const ONE = '/people/{personId}/contacts/{contactId}';

/** Contacts: the ways to reach a person. */
export function contactOperations(): Operation[] {
  return [createOne, listAll, getOne, updateOne, deleteOne];
}

const createOne = operation({
  ...{ name: 'createContact', summary: 'Create a contact of a person', tag, methods: ['post'], path: COLLECTION },
  description: 'Phones are stored as E.164; one that names no country is read as of the United States.',
  scope: 'directory:write',
  body: { json: CreateContact },
  answer: { object: ContactAnswer },
  refusals: [404, 409],
  writes: true,
  keepsAnswer: true,
  handle: async ({ company, params, body }) => {
    const { person } = await withinPerson(company, params.personId);
    requireSamePerson(person, body.personId);
    const id = await insertObject(company, contacts, { personKey: person.key, ...settleContact(undefined, body) });
    return contactView(await getObject(company, contacts, { reference: id }));
  },
});

const listAll = operation({
  ...{ name: 'listContacts', summary: 'List the contacts of a person', tag, methods: ['get'], path: COLLECTION },
  scope: 'directory:read',
  query: ContactsQuery,
  answer: { page: ContactAnswer },
  refusals: [404],
  handle: async ({ company, params, query }) => {
    const { within } = await withinPerson(company, params.personId);
    return pageOf(
      await listObjects(company, contacts, { ...pageRequestOf(query), within, ...filterOf(query) }),
      contactView,
    );
  },
});

const getOne = operation({
  ...{ name: 'getContact', summary: 'Get a contact', tag, methods: ['get'], path: ONE },
  scope: 'directory:read',
  query: ObjectQuery,
  answer: { object: ContactAnswer },
  refusals: [404],
  handle: async ({ company, params, query: { includeDeleted } }) => {
    const { within } = await withinPerson(company, params.personId);
    return contactView(await getObject(company, contacts, { reference: params.contactId, within, includeDeleted }));
  },
});

const updateOne = operation({
  ...{ name: 'updateContact', summary: 'Update a contact', tag, methods: ['put', 'patch'], path: ONE },
  description: 'Absent fields stay as they are; null clears. A new `contactType` needs a `value`, or null.',
  scope: 'directory:write',
  body: { json: UpdateContact },
  answer: { object: ContactAnswer },
  refusals: [404, 409],
  writes: true,
  takesIfMatch: true,
  handle: async ({ company, params, body, requireMatch }) => {
    const { person, stored } = await lockContact(company, params);
    requireMatch(contactView(stored));
    requireSamePerson(person, body.personId);
    await changeObject(company, contacts, { ...settleContact(stored, body), id: stored.id });
    return contactView(await getObject(company, contacts, { reference: stored.id }));
  },
});

const deleteOne = operation({
  ...{ name: 'deleteContact', summary: 'Delete a contact', tag, methods: ['delete'], path: ONE },
  description: 'Softly: it matches no more.',
  scope: 'directory:write',
  answer: { object: ContactAnswer },
  refusals: [404],
  writes: true,
  takesIfMatch: true,
  handle: async ({ company, params, requireMatch }) => {
    const { stored } = await lockContact(company, params);
    requireMatch(contactView(stored));
    await deleteObject(company, contacts, stored.id);
    return contactView(await getObject(company, contacts, { reference: stored.id, includeDeleted: true }));
  },
});

async function lockContact(company: CompanyDatabase, names: { personId: string; contactId: string }) {
  const { person, within } = await withinPerson(company, names.personId);
  const wanted = { reference: names.contactId, within, lock: 'for no key update' } as const;
  return { person, stored: await getObject(company, contacts, wanted) };
}

/** Archived contacts are shown to those who ask for them. */
function filterOf({ contactType, affiliation, label, status, includeArchived, receiveTextMessages }: ContactsQuery) {
  const equal = withoutAbsent({
    contact_type: contactType,
    affiliation,
    label,
    status,
    receive_text_messages: receiveTextMessages,
  });
  const isOpen = includeArchived || status !== undefined;
  return { equal, ...(!isOpen && { also: () => "item.status <> 'archived'" }) };
}
