import { withoutAbsent } from '@muster/core/withoutAbsent';
import { getObject, listObjects } from '@muster/db/companyObjects';
import { people } from '@muster/db/directory/kinds';
import { type PersonRow } from '@muster/db/directory/rows';
import { changeObject, insertObject } from '@muster/db/objectRows';
import { pageOf } from '../../answer.ts';
import { operation, type Operation } from '../../operation.ts';
import { ObjectQuery, pageRequestOf, sortedPageQuery } from '../../queries.ts';
import { CreatePerson, UpdatePerson } from './dto.ts';
import { PersonAnswer, personView } from './views.ts';

const tag = 'People';
const COLLECTION = '/people';
const ONE = '/people/{personId}';

/** People: the borrowers of a company. */
export function personOperations(): Operation[] {
  return [createOne, listAll, getOne, updateOne];
}

const createOne = operation({
  ...{ name: 'createPerson', summary: 'Create a person', tag, methods: ['post'], path: COLLECTION },
  scope: 'directory:write',
  body: { json: CreatePerson },
  answer: { object: PersonAnswer },
  refusals: [409],
  writes: true,
  keepsAnswer: true,
  handle: async ({ company, body }) => {
    const id = await insertObject(company, people, personValues(body));
    return personView(await getObject(company, people, { reference: id }));
  },
});

const listAll = operation({
  ...{ name: 'listPeople', summary: 'List the people', tag, methods: ['get'], path: COLLECTION },
  scope: 'directory:read',
  query: sortedPageQuery(Object.keys(people.sortable ?? {})),
  answer: { page: PersonAnswer },
  refusals: [404],
  handle: async ({ company, query }) => pageOf(await listObjects(company, people, pageRequestOf(query)), personView),
});

const getOne = operation({
  ...{ name: 'getPerson', summary: 'Get a person', tag, methods: ['get'], path: ONE },
  scope: 'directory:read',
  query: ObjectQuery,
  answer: { object: PersonAnswer },
  refusals: [404],
  handle: async ({ company, params, query: { includeDeleted } }) =>
    personView(await getObject(company, people, { reference: params.personId, includeDeleted })),
});

const updateOne = operation({
  ...{ name: 'updatePerson', summary: 'Update a person', tag, methods: ['put', 'patch'], path: ONE },
  description: 'Absent fields stay as they are; null clears.',
  scope: 'directory:write',
  body: { json: UpdatePerson },
  answer: { object: PersonAnswer },
  refusals: [404, 409],
  writes: true,
  takesIfMatch: true,
  handle: async ({ company, params, body, requireMatch }) => {
    const wanted = { reference: params.personId, lock: 'for no key update' } as const;
    const stored = await getObject(company, people, wanted);
    requireMatch(personView(stored));
    const isNewStatus = body.status !== undefined && body.status !== stored.status;
    const values = { ...personValues(body), ...(isNewStatus && { statusUpdatedAt: await company.now() }) };
    await changeObject(company, people, { id: stored.id, ...values });
    return personView(await getObject(company, people, { reference: stored.id }));
  },
});

/** What a body gives to store: nothing where a field is absent, null where it clears one. */
function personValues({ name, ...body }: CreatePerson): Partial<PersonRow> {
  const part = (which: keyof NonNullable<typeof name>) => (name === null ? null : name?.[which]);
  return withoutAbsent({
    externalId: body.externalId,
    borrowerType: body.borrowerType,
    status: body.status,
    collectionsIntensity: body.collectionsIntensity,
    monitorStartDate: body.monitorStartDate,
    metaData: body.metaData,
    commPreferences: body.commPreferences,
    dateOfBirth: body.dateOfBirth,
    timeZone: body.timeZone,
    prefix: part('prefix'),
    firstName: part('firstName'),
    middleName: part('middleName'),
    lastName: part('lastName'),
    maidenLastName: part('maidenLastName'),
    suffix: part('suffix'),
    preferredFirstName: part('preferredFirstName'),
  });
}
