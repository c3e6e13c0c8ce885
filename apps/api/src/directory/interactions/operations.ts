import { getObject, listObjects } from '@muster/db/companyObjects';
import { interactions } from '@muster/db/directory/kinds';
import { insertObject } from '@muster/db/objectRows';
import { pageOf } from '../../answer.ts';
import { operation, type Operation } from '../../operation.ts';
import { ObjectQuery, PageQuery, pageRequestOf } from '../../queries.ts';
import { requireSamePerson, withinPerson } from '../withinPerson.ts';
import { CreateInteraction } from './dto.ts';
import { settleInteraction } from './settleInteraction.ts';
import { InteractionAnswer, interactionView } from './views.ts';

const tag = 'Interactions';
const COLLECTION = '/people/{personId}/interactions';

/** Interactions: what was said to a person, and by whom. They are recorded, and never changed. */
export function interactionOperations(): Operation[] {
  return [createOne, listAll, getOne];
}

const createOne = operation({
  ...{ name: 'createInteraction', summary: 'Record an interaction', tag, methods: ['post'], path: COLLECTION },
  scope: 'directory:write',
  body: { json: CreateInteraction },
  answer: { object: InteractionAnswer },
  refusals: [404, 409],
  writes: true,
  keepsAnswer: true,
  handle: async ({ company, params, body }) => {
    const { person } = await withinPerson(company, params.personId);
    requireSamePerson(person, body.personId);
    const id = await insertObject(company, interactions, await settleInteraction(company, person.key, body));
    return interactionView(await getObject(company, interactions, { reference: id }));
  },
});

const listAll = operation({
  ...{
    name: 'listInteractions',
    summary: 'List the interactions of a person',
    tag,
    methods: ['get'],
    path: COLLECTION,
  },
  scope: 'directory:read',
  query: PageQuery,
  answer: { page: InteractionAnswer },
  refusals: [404],
  handle: async ({ company, params, query }) => {
    const { within } = await withinPerson(company, params.personId);
    return pageOf(await listObjects(company, interactions, { ...pageRequestOf(query), within }), interactionView);
  },
});

const getOne = operation({
  ...{ name: 'getInteraction', summary: 'Get an interaction', tag, methods: ['get'] },
  path: '/interactions/{interactionId}',
  scope: 'directory:read',
  query: ObjectQuery,
  answer: { object: InteractionAnswer },
  refusals: [404],
  handle: async ({ company, params, query: { includeDeleted } }) =>
    interactionView(await getObject(company, interactions, { reference: params.interactionId, includeDeleted })),
});
