import { faultsOfOrder } from '@muster/core/checkDoNotInteract';
import { faultsOfInteraction } from '@muster/core/checkInteraction';
import { InvalidInput } from '@muster/core/errors';
import { withoutAbsent } from '@muster/core/withoutAbsent';
import { interactions } from '@muster/db/directory/kinds';
import { type InteractionDetails, type InteractionRow } from '@muster/db/directory/rows';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { contactNamed, given, loansNamed, type Owner, requireNamed } from '../namedOfPerson.ts';
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
  const { status, statusDetails } = body;
  const faults = [
    ...faultsOfInteraction({ status, statusDetails, startedAt: moments.startedAt }, await company.now()),
    ...faultsOfOrder(moments.startedAt ?? null, moments.endedAt ?? null, 'endedAt'),
    ...faultsOfOrder(moments.scheduledAtFrom ?? null, moments.scheduledAtTo ?? null, 'scheduledAtTo'),
  ];
  if (faults.length > 0) throw new InvalidInput(faults);
  const owner = { company, personKey };
  const loans = await loansNamed(owner, body);
  return {
    personKey,
    ...withoutAbsent({
      ...{ externalId: body.externalId, channel: body.channel, direction: body.direction, status: body.status },
      ...{ statusDetails: body.statusDetails, theme: body.theme, subject: body.subject, content: body.content },
      caseId: body.caseId == null ? undefined : String(body.caseId),
      startedAt: moments.startedAt,
      endedAt: moments.endedAt,
    }),
    loanKeys: loans.length === 0 ? null : loans.map(({ key }) => key),
    contactKey: (await contactNamed(owner, body))?.key ?? null,
    details: await detailsOf(owner, body, moments),
  };
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

async function detailsOf(owner: Owner, body: CreateInteraction, moments: Moments): Promise<InteractionDetails> {
  const [previous] = await requireNamed(
    owner,
    interactions,
    given('previousInteractionId', body.previousInteractionId),
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
