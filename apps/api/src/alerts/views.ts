import { instant, integer, nested, oneOf, pattern, text } from '@muster/core/fields';
import { alertKinds, type AlertRow, webhookStates } from '@muster/db/alerts';

class WebhookAnswer {
  @oneOf(webhookStates, {
    description:
      '`none`: the company had no webhook, and is told once it names one; `pending`: it is tried, or tried again; `dead`: it was given up',
  })
  state!: string;
  @integer({ min: 0, description: 'How often it was tried' }) tries!: number;
  @instant({ nullable: true, description: 'When it is tried next' }) nextTryAt!: Date | null;
  @instant({ nullable: true, description: 'When it was taken' }) deliveredAt!: Date | null;
  @text({ max: 10_000, nullable: true, description: 'Why the last try failed' }) lastError!: string | null;
}

class ResolutionAnswer {
  @oneOf(['cause', 'person'], {
    description: '`cause`: it is gone; `person`: somebody has closed the alert, or resolved its delivery',
  })
  by!: string;
  @text({ nullable: true, description: 'The id of the credential that closed it' }) key!: string | null;
  @text({ max: 1_000, lines: true, nullable: true, description: 'Why it was closed' }) note!: string | null;
}

/** Something that a person must hear of. */
export class AlertAnswer {
  @text({ description: 'Also the `webhook-id` of its message', example: 'AL-7K2M-Q9TX' }) id!: string;
  @oneOf(['alert']) object!: string;
  @oneOf(alertKinds, { description: 'What happened; also the `type` of its message' }) kind!: string;
  @text({ description: 'For programs: it stays as it is', example: 'parked' }) code!: string;
  @text({ max: 10_000, lines: true, description: 'What to do' }) message!: string;
  @text({
    nullable: true,
    description: 'The id of the campaign; of texts and charges its `campaignGuid`, null where they have none',
    example: 'CM-7K2M-Q9TX',
  })
  campaignId!: string | null;
  @text({
    nullable: true,
    description: 'What the campaign is called now; null: it has no name',
    example: 'Early arrears',
  })
  campaignName!: string | null;
  @text({ nullable: true, description: 'The id of the run; null: of missed slots, texts and charges' }) runId!:
    string | null;
  @text({ nullable: true, description: 'Of a delivery: which of the run’s files' }) file!: string | null;
  @integer({ nullable: true, min: 1, description: 'Of missed slots: how many were found at once' }) slots!:
    number | null;
  @pattern(/^\d{4}-\d{2}-\d{2}$/, {
    ...{ message: 'must be a date', nullable: true, example: '2026-03-09' },
    description: 'The last of the missed slots, in the company’s calendar',
  })
  dueDate!: string | null;
  @instant({ description: 'When it was raised' }) createdAt!: Date;
  @instant({ nullable: true, description: 'When it was closed; null: it is open' }) resolvedAt!: Date | null;
  @nested(() => ResolutionAnswer, { nullable: true, description: 'How it was closed; null: it is open' })
  resolution!: ResolutionAnswer | null;
  @nested(() => WebhookAnswer, { description: 'What became of telling the company’s `alertWebhook`' })
  webhook!: WebhookAnswer;
}

/** An alert as it is answered. */
export function alertView({
  webhook: state,
  tries,
  nextTryAt,
  deliveredAt,
  lastError,
  ...alert
}: AlertRow): AlertAnswer {
  const { id, kind, code, message, campaignId, campaignName, runId, file, slots, dueDate } = alert;
  const { createdAt, resolvedAt } = alert;
  return {
    ...{ id, object: 'alert', kind, code, message, campaignId, campaignName, runId, file, slots, dueDate },
    ...{ createdAt, resolvedAt },
    resolution: resolutionOf(alert),
    webhook: { state, tries, nextTryAt, deliveredAt, lastError },
  };
}

function resolutionOf({ resolvedAt, resolvedBy: key, note }: Pick<AlertRow, 'resolvedAt' | 'resolvedBy' | 'note'>) {
  return resolvedAt && { by: key === null ? 'cause' : 'person', key, note };
}
