import { faultsOfOrder, refuseDaysOfWeek, refuseTimesOfDay } from '@muster/core/checkDoNotInteract';
import { faultsOfWord } from '@muster/core/checkInteraction';
import { refuseMetaData } from '@muster/core/checkJson';
import { contactLabels, themes } from '@muster/core/contactExporter';
import {
  blockedChannels,
  blockedThemes,
  interactionChannels,
  interactionDirections,
  interactionStatuses,
} from '@muster/core/directory';
import {
  caseName,
  date,
  flag,
  instant,
  json,
  oneOf,
  someIntegers,
  someOf,
  namesOfObjects,
  text,
  timeZone,
} from './fieldTypes.ts';
import { type CheckedRow } from './checkedRow.ts';
import { positionOf } from './checkRow.ts';
import { detail, keyFields, personFields, reference, value } from './fields.ts';
import { type ImportTable } from './importTable.ts';

export const doNotInteracts: ImportTable = {
  table: 'do_not_interact',
  key: 'id',
  prefix: 'DN',
  ofPerson: true,
  fields: [
    ...keyFields,
    ...personFields,
    value('caseId', caseName),
    value('channels', someOf(blockedChannels)),
    value('themes', someOf(blockedThemes)),
    value('startDate', date),
    value('endDate', date),
    value('daysOfWeek', someIntegers(refuseDaysOfWeek)),
    value('timezone', timeZone),
    value('timesOfDay', json(refuseTimesOfDay)),
    value('contactLabels', someOf(contactLabels)),
    value('source', text()),
  ],
  rules: (merged) => [[`${merged('start_date')} > ${merged('end_date')}`, 'endsBeforeStart endDate']],
};

export const interactions: ImportTable = {
  table: 'interaction',
  key: 'key',
  prefix: 'IN',
  ofPerson: true,
  fields: [
    ...keyFields,
    ...personFields,
    reference('loanId', 'loan_ref'),
    reference('loanIds', 'loan_refs', namesOfObjects(100)),
    reference('contactId', 'contact_ref'),
    reference('contactExternalId', 'contact_external_id'),
    reference('previousInteractionId', 'previous_ref'),
    value('caseId', caseName),
    value('channel', oneOf(interactionChannels), { required: true }),
    value('direction', oneOf(interactionDirections), { default: `'outbound'` }),
    value('status', oneOf(interactionStatuses), {
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
  refine: refuseUnheard,
  rules: (merged) => [
    [
      `${merged('started_at')} > now() + interval '1 day' and ${merged('status')} in ('attempted', 'succeeded', 'inProgress')`,
      'outOfRange startedAt',
    ],
  ],
};

const startedAt = positionOf(interactions.fields, 'startedAt');
const statusDetails = positionOf(interactions.fields, 'statusDetails');
const endedAt = positionOf(interactions.fields, 'endedAt');

function refuseUnheard({ sql, details, faults }: CheckedRow) {
  const { scheduledAtFrom, scheduledAtTo } = (details ?? {}) as Record<string, string | null | undefined>;
  faults.push(
    ...faultsOfWord(sql[statusDetails]),
    ...faultsOfOrder(sql[startedAt], sql[endedAt], 'endedAt'),
    ...faultsOfOrder(scheduledAtFrom, scheduledAtTo, 'scheduledAtTo'),
  );
}
