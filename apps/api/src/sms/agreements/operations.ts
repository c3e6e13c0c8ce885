import { agreementFaults } from '@muster/messaging/agreementFaults';
import { ignored, list, oneOf, text } from '@muster/core/fields';
import { agreementRequiredFaults } from '@muster/messaging/requiredFaults';
import { readSchedule, scheduleFaults } from '@muster/messaging/scheduleFaults';
import { agreementTypes, type AgreementType } from '@muster/messaging/smsCampaign';
import { scheduleRefusals } from '@muster/messaging/smsErrors';
import { smsLimits } from '@muster/messaging/smsLimits';
import { smsTimestamp } from '@muster/messaging/smsTimestamp';
import { type Organisation } from '@muster/db/sms/organisation';
import {
  type AgreementRow,
  type AgreementState,
  agreementStates,
  getAgreement,
  insertAgreement,
  listAgreements,
} from '@muster/db/sms/smsAgreements';
import { ScheduleBody } from '../campaigns/dto.ts';
import { clearable, guid, NumberedPageAnswer, NumberedPageQuery, timestamp } from '../fields.ts';
import { smsOperation, type SmsOperation } from '../smsOperation.ts';
import { todayOf } from '../todayOf.ts';
import { agreementTerms } from './agreementTerms.ts';

const tag = 'Agreements';

class AgreementsQuery extends NumberedPageQuery {
  @oneOf(agreementStates, { optional: true, description: 'Only such' }) state?: AgreementState;
}

class AgreementBody extends ScheduleBody {
  @text({ min: 1, max: smsLimits.agreementName, ruled: true, description: 'For people', example: 'Monthly gift' })
  agreementName!: string;
  @text({ ...clearable, max: smsLimits.agreementDescription, ruled: true, description: 'More of it' })
  agreementDescription?: string | null;
  @oneOf(agreementTypes, { description: 'Whether each number has its own, or all that sign up share it' })
  agreementType!: AgreementType;
}

class CreateAgreement extends AgreementBody {
  @ignored() agreementGuid?: unknown;
  @ignored() createdTs?: unknown;
  @ignored() state?: unknown;
}

class AgreementAnswer extends AgreementBody {
  @guid() agreementGuid!: string;
  @timestamp({ description: 'When it was made' }) createdTs!: string;
  @oneOf(agreementStates) state!: AgreementState;
}

class AgreementsAnswer extends NumberedPageAnswer {
  @list(() => AgreementAnswer) list!: AgreementAnswer[];
}

/** What subscriptions are under. */
export function agreementOperations(): SmsOperation[] {
  return [listAll, getOne, createOne];
}

const listAll = smsOperation({
  ...{ name: 'listAgreements', summary: 'List the shared agreements', tag, method: 'get', path: '/agreements' },
  description: 'Newest first. Personal ones belong to their subscriptions, and are not listed.',
  scope: 'sms:read',
  query: AgreementsQuery,
  answer: { object: AgreementsAnswer },
  handle: async ({ company, organisation, query: { state, ...page } }) => {
    const rows = await listAgreements(company, page, state);
    return { ...page, list: rows.map((row) => agreementView(row, organisation)) };
  },
});

const getOne = smsOperation({
  ...{ name: 'getAgreement', summary: 'Get an agreement', tag, method: 'get', path: '/agreement/{agreementGuid}' },
  scope: 'sms:read',
  answer: { object: AgreementAnswer },
  refusals: ['agreementNotFound'],
  handle: async ({ company, organisation, params }) =>
    agreementView(await getAgreement(company, params.agreementGuid), organisation),
});

const createOne = smsOperation({
  ...{ name: 'createAgreement', summary: 'Make an agreement', tag, method: 'post', path: '/agreement' },
  description: 'With the fields that Recurring needs where it makes one.',
  scope: 'sms:write',
  body: { json: CreateAgreement },
  answer: { object: AgreementAnswer, status: 201 },
  refusals: [...scheduleRefusals, 'nameTooLong'],
  writes: true,
  handle: async ({ company, organisation, body, faults }) => {
    agreementRequiredFaults(body).forEach(faults.add);
    agreementFaults(body).forEach(faults.add);
    scheduleFaults(body, await todayOf(company, organisation)).forEach(faults.add);
    faults.throwAny();
    const { agreementName: name, agreementDescription: description = null, agreementType: type } = body;
    const row = await insertAgreement(company, { name, description, type, schedule: readSchedule(body).fields });
    return agreementView(row, organisation);
  },
});

function agreementView(row: AgreementRow, { timeZone }: Organisation): AgreementAnswer {
  const { agreementGuid, createdAt, state } = row;
  return { agreementGuid, createdTs: smsTimestamp(createdAt, timeZone), state, ...agreementTerms(row) };
}
