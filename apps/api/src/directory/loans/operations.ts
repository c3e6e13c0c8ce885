import { withoutAbsent } from '@muster/core/withoutAbsent';
import { getObject, listObjects } from '@muster/db/companyObjects';
import { loans } from '@muster/db/directory/kinds';
import { changeObject, insertObject } from '@muster/db/objectRows';
import { pageOf } from '../../answer.ts';
import { operation, type Operation } from '../../operation.ts';
import { ObjectQuery, PageQuery, pageRequestOf } from '../../queries.ts';
import { requireSamePerson, withinPerson } from '../withinPerson.ts';
import { CreateLoan, UpdateLoan } from './dto.ts';
import { LoanAnswer, loanView } from './views.ts';

const tag = 'Loans';
const COLLECTION = '/people/{personId}/loans';
const ONE = '/people/{personId}/loans/{loanId}';

/** Loans of a person. */
export function loanOperations(): Operation[] {
  return [createOne, listAll, getOne, updateOne];
}

const createOne = operation({
  ...{ name: 'createLoan', summary: 'Create a loan of a person', tag, methods: ['post'], path: COLLECTION },
  scope: 'directory:write',
  body: { json: CreateLoan },
  answer: { object: LoanAnswer },
  refusals: [404, 409],
  writes: true,
  keepsAnswer: true,
  handle: async ({ company, params, body: { personId, externalId, status } }) => {
    const { person } = await withinPerson(company, params.personId);
    requireSamePerson(person, personId);
    const values = { personKey: person.key, ...withoutAbsent({ externalId, status }) };
    const id = await insertObject(company, loans, values);
    return loanView(await getObject(company, loans, { reference: id }));
  },
});

const listAll = operation({
  ...{ name: 'listLoans', summary: 'List the loans of a person', tag, methods: ['get'], path: COLLECTION },
  scope: 'directory:read',
  query: PageQuery,
  answer: { page: LoanAnswer },
  refusals: [404],
  handle: async ({ company, params, query }) => {
    const { within } = await withinPerson(company, params.personId);
    return pageOf(await listObjects(company, loans, { ...pageRequestOf(query), within }), loanView);
  },
});

const getOne = operation({
  ...{ name: 'getLoan', summary: 'Get a loan', tag, methods: ['get'], path: ONE },
  scope: 'directory:read',
  query: ObjectQuery,
  answer: { object: LoanAnswer },
  refusals: [404],
  handle: async ({ company, params, query: { includeDeleted } }) => {
    const { within } = await withinPerson(company, params.personId);
    return loanView(await getObject(company, loans, { reference: params.loanId, within, includeDeleted }));
  },
});

const updateOne = operation({
  ...{ name: 'updateLoan', summary: 'Update a loan', tag, methods: ['put', 'patch'], path: ONE },
  description: 'Absent fields stay as they are; null clears.',
  scope: 'directory:write',
  body: { json: UpdateLoan },
  answer: { object: LoanAnswer },
  refusals: [404, 409],
  writes: true,
  takesIfMatch: true,
  handle: async ({ company, params, body: { personId, externalId, status }, requireMatch }) => {
    const { person, within } = await withinPerson(company, params.personId);
    const wanted = { reference: params.loanId, within, lock: 'for no key update' } as const;
    const stored = await getObject(company, loans, wanted);
    requireMatch(loanView(stored));
    requireSamePerson(person, personId);
    await changeObject(company, loans, { id: stored.id, ...withoutAbsent({ externalId, status }) });
    return loanView(await getObject(company, loans, { reference: stored.id }));
  },
});
