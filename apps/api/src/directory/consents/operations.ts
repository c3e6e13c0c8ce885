import { listConsents, recordConsents } from '@muster/db/directory/consents';
import { people } from '@muster/db/directory/kinds';
import { getObject } from '@muster/db/companyObjects';
import { operation, type Operation } from '../../operation.ts';
import { Consent, UpdateConsents } from './dto.ts';

const tag = 'Consents';
const path = '/people/{personId}/consents';

/** Consents: what a person has agreed to. */
export function consentOperations(): Operation[] {
  return [getAll, updateAll];
}

const getAll = operation({
  ...{ name: 'getConsents', summary: 'Get the consents of a person', tag, methods: ['get'], path },
  description: 'All of them: those that nobody has recorded are as they are by default.',
  scope: 'directory:read',
  answer: { list: Consent },
  refusals: [404],
  handle: async ({ company, params }) => {
    const { key } = await getObject(company, people, { reference: params.personId });
    return listConsents(company, key);
  },
});

const updateAll = operation({
  ...{ name: 'updateConsents', summary: 'Record consents of a person', tag, methods: ['put', 'patch'], path },
  description: 'A list of those that change; the others stay as they are.',
  scope: 'directory:write',
  body: { json: UpdateConsents, asList: 'consents' },
  answer: { list: Consent },
  refusals: [404],
  writes: true,
  takesIfMatch: true,
  handle: async ({ company, params, body, requireMatch }) => {
    const wanted = { reference: params.personId, lock: 'for no key update' } as const;
    const { key } = await getObject(company, people, wanted);
    requireMatch(await listConsents(company, key));
    await recordConsents(company, key, body.consents);
    return listConsents(company, key);
  },
});
