import { faultsOfOrder } from '@muster/core/checkDoNotInteract';
import { InvalidInput, NotFound } from '@muster/core/errors';
import { withoutAbsent } from '@muster/core/withoutAbsent';
import { type Kind } from '@muster/db/companyObjects';
import { type CompanyObject } from '@muster/db/defineSchema';
import { findNamed, type GivenName, type Named } from '@muster/db/directory/findNamed';
import { contacts, interactions, loans } from '@muster/db/directory/kinds';
import { type InteractionDetails, type InteractionRow } from '@muster/db/directory/rows';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { type CreateInteraction } from './dto.ts';

/**
 * The interaction of a person that a body describes. Throws InvalidInput for rules between its fields, and NotFound for a
 * loan, contact or earlier interaction that is not the person's.
 */
export async function settleInteraction(
  company: CompanyDatabase,
  personKey: string,
  body: CreateInteraction,
): Promise<Partial<InteractionRow>> {
  const moments = momentsOf(body);
  const faults = [
    ...faultsOfOrder(moments.startedAt ?? null, moments.endedAt ?? null, 'endedAt'),
    ...faultsOfOrder(moments.scheduledAtFrom ?? null, moments.scheduledAtTo ?? null, 'scheduledAtTo'),
  ];
  if (faults.length > 0) throw new InvalidInput(faults);
  const owner: Owner = { company, personKey };
  return {
    personKey,
    ...withoutAbsent({
      ...{ externalId: body.externalId, channel: body.channel, direction: body.direction, status: body.status },
      ...{ statusDetails: body.statusDetails, theme: body.theme, subject: body.subject, content: body.content },
      caseId: body.caseId == null ? undefined : String(body.caseId),
      startedAt: moments.startedAt,
      endedAt: moments.endedAt,
    }),
    loanKeys: await loanKeysIn(owner, body),
    contactKey: await contactKeyIn(owner, body),
    details: await detailsOf(owner, body, moments),
  };
}

interface Owner {
  company: CompanyDatabase;
  personKey: string;
}

type Moments = ReturnType<typeof momentsOf>;

function momentsOf({ startedAt, endedAt, scheduledAtFrom, scheduledAtTo }: CreateInteraction) {
  const momentOf = (text: string | null | undefined) => (text == null ? undefined : new Date(text));
  return {
    startedAt: momentOf(startedAt),
    endedAt: momentOf(endedAt),
    scheduledAtFrom: momentOf(scheduledAtFrom),
    scheduledAtTo: momentOf(scheduledAtTo),
  };
}

/** All loans that are named, each once, that of `loanId` first; null where none is. */
async function loanKeysIn(owner: Owner, { loanId, loanIds }: CreateInteraction): Promise<string[] | null> {
  const one = loanId == null ? [] : [{ field: 'loanId', name: loanId }];
  const others = (loanIds ?? []).map((name, at) => ({ field: `loanIds[${at}]`, name }));
  const found = await requireNamed(owner, loans, [...one, ...others]);
  return found.length === 0 ? null : [...new Set(found.map(({ key }) => key))];
}

async function contactKeyIn(owner: Owner, { contactId, contactExternalId }: CreateInteraction): Promise<string | null> {
  const [byId] = await requireNamed(owner, contacts, asked('contactId', contactId));
  if (contactExternalId == null) return byId?.key ?? null;
  const [named] = await requireNamed(owner, contacts, asked('contactExternalId', contactExternalId));
  // only by that name: a text that is an id names nothing here
  if (named?.externalId !== contactExternalId) throw notFound('contact', 'contactExternalId');
  if (byId && byId.key !== named.key) {
    const message = 'must be the externalId of the contact that contactId names, or be left out';
    throw new InvalidInput([{ field: 'contactExternalId', code: 'otherContact', message }]);
  }
  return named.key;
}

async function detailsOf(owner: Owner, body: CreateInteraction, moments: Moments): Promise<InteractionDetails> {
  const [previous] = await requireNamed(
    owner,
    interactions,
    asked('previousInteractionId', body.previousInteractionId),
  );
  return withoutAbsent({
    scheduledAtFrom: moments.scheduledAtFrom?.toISOString(),
    scheduledAtTo: moments.scheduledAtTo?.toISOString(),
    isTransactional: body.isTransactional ?? undefined,
    sensitive: body.sensitive ?? undefined,
    previousInteractionId: previous?.id,
    metaData: body.metaData ?? undefined,
    failureDescriptionShort: body.failureDescriptionShort ?? undefined,
    failureDescriptionLong: body.failureDescriptionLong ?? undefined,
    complianceGuardRuleId: body.complianceGuardRuleId ?? undefined,
  });
}

interface Asked {
  field: string;
  name: GivenName;
}

function asked(field: string, name: GivenName | null | undefined): Asked[] {
  return name == null ? [] : [{ field, name }];
}

async function requireNamed<Row extends CompanyObject>(
  { company, personKey }: Owner,
  kind: Kind<Row>,
  wanted: readonly Asked[],
): Promise<Named[]> {
  const found = await findNamed(company, kind, { names: wanted.map(({ name }) => name), personKey });
  return found.map((object, at) => {
    if (!object) throw notFound(kind.word, wanted[at]?.field ?? '');
    return object;
  });
}

function notFound(word: string, field: string) {
  return new NotFound(`${word}NotFound`, `${field} names no ${word} of this person`, { details: { field } });
}
