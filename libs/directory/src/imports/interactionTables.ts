import { contactLabels, themes } from '@muster/core/contactExporter';
import { type Refusal } from '@muster/core/fields';
import { date, flag, instant, json, oneOf, someIntegers, someOf, someTexts, text, timeZone } from './fieldTypes.ts';
import { detail, keyFields, personFields, reference, value } from './fields.ts';
import { type ImportTable } from './importTable.ts';
import { refuseMetaData } from './refuseJson.ts';

const channels = ['voice', 'email', 'fax', 'text', 'chat', 'mail'];
const blockedThemes = themes.filter((theme) => theme !== 'agentNotification' && theme !== 'opsAccountCredentials');

export const doNotInteracts: ImportTable = {
  table: 'do_not_interact',
  key: 'id',
  prefix: 'DN',
  ofPerson: true,
  fields: [
    ...keyFields,
    ...personFields,
    value('caseId', text()),
    value('channels', someOf(['all', ...channels])),
    value('themes', someOf(['all', ...blockedThemes])),
    value('startDate', date),
    value('endDate', date),
    value('daysOfWeek', someIntegers(0, 6)),
    value('timezone', timeZone),
    value('timesOfDay', json(refuseHours)),
    value('contactLabels', someOf(contactLabels)),
    value('source', text()),
  ],
  rules: (merged) => [[`${merged('start_date')} > ${merged('end_date')}`, 'endsBeforeStart endDate']],
};

function refuseHours(value: object): Refusal | undefined {
  const isHour = (hour: unknown) => Number.isInteger(hour) && (hour as number) >= 0 && (hour as number) <= 24;
  const isSpan = (span: unknown) => {
    const { fromHour, toHour, ...others } = (span ?? {}) as Record<string, unknown>;
    return isHour(fromHour) && isHour(toHour) && fromHour !== 24 && Object.keys(others).length === 0;
  };
  if (Array.isArray(value) && value.length > 0 && value.length <= 24 && value.every(isSpan)) return undefined;
  return { code: 'timesOfDay', message: 'must be a list of {"fromHour": 0..23, "toHour": 0..24}' };
}

export const interactions: ImportTable = {
  table: 'interaction',
  key: 'key',
  prefix: 'IN',
  ofPerson: true,
  fields: [
    ...keyFields,
    ...personFields,
    reference('loanId', 'loan_ref'),
    reference('loanIds', 'loan_refs', someTexts(100)),
    reference('contactId', 'contact_ref'),
    reference('contactExternalId', 'contact_external_id'),
    reference('previousInteractionId', 'previous_ref'),
    value('caseId', text()),
    value('channel', oneOf([...channels, 'gui', 'document']), { required: true }),
    value('direction', oneOf(['inbound', 'outbound']), { default: `'outbound'` }),
    value('status', oneOf(['scheduled', 'attempted', 'succeeded', 'failed', 'canceled', 'inProgress']), {
      required: true,
    }),
    value('statusDetails', text()),
    value('theme', oneOf(themes), { required: true }),
    value('subject', text()),
    value('content', text(10_000, true)),
    value('startedAt', instant, { default: 'now()' }),
    value('endedAt', instant),
    detail('scheduledAtFrom', instant),
    detail('scheduledAtTo', instant),
    detail('isTransactional', flag),
    detail('sensitive', flag),
    detail('metaData', json(refuseMetaData)),
    detail('failureDescriptionShort', text()),
    detail('failureDescriptionLong', text(10_000, true)),
    detail('complianceGuardRuleId', text()),
  ],
};
