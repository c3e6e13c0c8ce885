import { type Kind } from '../companyObjects.ts';
import { type ContactRow, type DoNotInteractRow, type InteractionRow, type LoanRow, type PersonRow } from './rows.ts';
import { contactSchema, doNotInteractSchema, interactionSchema, loanSchema, personSchema } from './schemas.ts';

// The ids of what a row refers to are worked out from its keys: no join is needed.
const personId = "public_id('BO', item.person_key, 8)";

export const people: Kind<PersonRow> = {
  schema: personSchema,
  word: 'person',
  prefix: 'BO',
  hasDisplayIds: true,
  // each with an index of its own: a company may have ten million people
  sortable: { createdAt: 'item.created_at', updatedAt: 'item.updated_at' },
};

export const loans: Kind<LoanRow> = {
  schema: loanSchema,
  word: 'loan',
  prefix: 'LN',
  hasDisplayIds: true,
  computed: { personId },
};

export const contacts: Kind<ContactRow> = {
  schema: contactSchema,
  word: 'contact',
  prefix: 'CT',
  computed: { personId },
};

export const doNotInteracts: Kind<DoNotInteractRow> = {
  schema: doNotInteractSchema,
  word: 'do-not-interact',
  prefix: 'DN',
  computed: { personId },
};

export const interactions: Kind<InteractionRow> = {
  schema: interactionSchema,
  word: 'interaction',
  prefix: 'IN',
  computed: {
    personId,
    loanIds: `(select array_agg(public_id('LN', loan.key, 8) order by at)
      from unnest(item.loan_keys) with ordinality loan (key, at))`,
    contactId: "public_id('CT', item.contact_key, 12)",
    contactExternalId: '(select contact.external_id from contact where contact.key = item.contact_key)',
  },
};
