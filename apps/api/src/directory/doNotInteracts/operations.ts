import { getObject, listObjects } from '@muster/db/companyObjects';
import { doNotInteracts } from '@muster/db/directory/kinds';
import { changeObject, deleteObject, insertObject } from '@muster/db/objectRows';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { NotFound } from '@muster/core/errors';
import { pageOf } from '../../answer.ts';
import { operation, type Operation } from '../../operation.ts';
import { ObjectQuery, PageQuery, pageRequestOf } from '../../queries.ts';
import { caseNamed } from '../caseNamed.ts';
import { requireSamePerson, withinPerson } from '../withinPerson.ts';
import { CreateDoNotInteract, UpdateDoNotInteract } from './dto.ts';
import { settleDoNotInteract } from './settleDoNotInteract.ts';
import { DoNotInteractAnswer, doNotInteractView } from './views.ts';

const tag = 'Do-not-interacts';
const COLLECTION = '/people/{personId}/cases/{caseId}/do-not-interacts';
const ONE = '/people/{personId}/cases/{caseId}/do-not-interacts/{doNotInteractId}';

/** Do-not-interacts: what blocks outbound interactions with a person. */
export function doNotInteractOperations(): Operation[] {
  return [createOne, listAll, getOne, updateOne, deleteOne];
}

const createOne = operation({
  ...{ name: 'createDoNotInteract', summary: 'Create a do-not-interact', tag, methods: ['post'], path: COLLECTION },
  description: 'It blocks where all of its attributes match; those that are absent or null restrict nothing.',
  scope: 'directory:write',
  body: { json: CreateDoNotInteract, optional: true },
  answer: { object: DoNotInteractAnswer },
  refusals: [404, 409],
  writes: true,
  keepsAnswer: true,
  handle: async ({ company, params, body }) => {
    const caseId = caseNamed(params.caseId);
    const { person } = await withinPerson(company, params.personId);
    requireSamePerson(person, body.personId);
    const values = { personKey: person.key, ...settleDoNotInteract(undefined, body, caseId) };
    const id = await insertObject(company, doNotInteracts, values);
    return doNotInteractView(await getObject(company, doNotInteracts, { reference: id }));
  },
});

const listAll = operation({
  ...{
    name: 'listDoNotInteracts',
    summary: 'List a person’s do-not-interacts',
    tag,
    methods: ['get'],
    path: COLLECTION,
  },
  description: 'Those of the case, and those of no case in particular.',
  scope: 'directory:read',
  query: PageQuery,
  answer: { page: DoNotInteractAnswer },
  refusals: [404],
  handle: async ({ company, params, query }) => {
    const caseId = caseNamed(params.caseId);
    const { within } = await withinPerson(company, params.personId);
    const ofCase = (place: (value: unknown) => string) => `coalesce(item.case_id, ${place(caseId)}) = ${place(caseId)}`;
    const list = { ...pageRequestOf(query), within, also: ofCase };
    return pageOf(await listObjects(company, doNotInteracts, list), doNotInteractView);
  },
});

const getOne = operation({
  ...{ name: 'getDoNotInteract', summary: 'Get a do-not-interact', tag, methods: ['get'], path: ONE },
  scope: 'directory:read',
  query: ObjectQuery,
  answer: { object: DoNotInteractAnswer },
  refusals: [404],
  handle: async ({ company, params, query: { includeDeleted } }) =>
    doNotInteractView((await getUnderCase(company, params, { includeDeleted })).stored),
});

const updateOne = operation({
  ...{ name: 'updateDoNotInteract', summary: 'Update a do-not-interact', tag, methods: ['put', 'patch'], path: ONE },
  description: 'Absent fields stay as they are; null clears.',
  scope: 'directory:write',
  body: { json: UpdateDoNotInteract },
  answer: { object: DoNotInteractAnswer },
  refusals: [404, 409],
  writes: true,
  takesIfMatch: true,
  handle: async ({ company, params, body, requireMatch }) => {
    const { person, stored, caseId } = await getUnderCase(company, params, { lock: 'for no key update' });
    requireMatch(doNotInteractView(stored));
    requireSamePerson(person, body.personId);
    await changeObject(company, doNotInteracts, { ...settleDoNotInteract(stored, body, caseId), id: stored.id });
    return doNotInteractView(await getObject(company, doNotInteracts, { reference: stored.id }));
  },
});

const deleteOne = operation({
  ...{ name: 'deleteDoNotInteract', summary: 'Delete a do-not-interact', tag, methods: ['delete'], path: ONE },
  description: 'Softly: it blocks no more.',
  scope: 'directory:write',
  answer: { object: DoNotInteractAnswer },
  refusals: [404],
  writes: true,
  takesIfMatch: true,
  handle: async ({ company, params, requireMatch }) => {
    const { stored } = await getUnderCase(company, params, { lock: 'for no key update' });
    requireMatch(doNotInteractView(stored));
    await deleteObject(company, doNotInteracts, stored.id);
    const wanted = { reference: stored.id, includeDeleted: true };
    return doNotInteractView(await getObject(company, doNotInteracts, wanted));
  },
});

interface Names {
  personId: string;
  caseId: string;
  doNotInteractId: string;
}

/** The one that the address names; under another case than its own it is not there. */
async function getUnderCase(
  company: CompanyDatabase,
  names: Names,
  how: { includeDeleted?: boolean; lock?: 'for no key update' },
) {
  const caseId = caseNamed(names.caseId);
  const { person, within } = await withinPerson(company, names.personId);
  const stored = await getObject(company, doNotInteracts, { reference: names.doNotInteractId, within, ...how });
  if ((stored.caseId ?? caseId) === caseId) return { person, stored, caseId };
  throw new NotFound('doNotInteractNotFound', `there is no do-not-interact ${names.doNotInteractId}`);
}
