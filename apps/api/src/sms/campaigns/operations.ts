import { NotFound } from '@muster/core/errors';
import { getAgreement, insertAgreement } from '@muster/db/sms/smsAgreements';
import { getCollection } from '@muster/db/sms/smsCollections';
import { cancelSmsCampaign, getSmsCampaign, insertSmsCampaign, listSmsCampaigns } from '@muster/db/sms/smsCampaigns';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { agreementContradictions } from '@muster/messaging/agreementContradictions';
import { campaignRefusals } from '@muster/messaging/smsErrors';
import { type CampaignFields, type ScheduleFields } from '@muster/messaging/smsCampaign';
import { type Faults } from '../../collectFaults.ts';
import { BareListQuery } from '../fields.ts';
import { smsOperation, type SmsOperation } from '../smsOperation.ts';
import { todayOf } from '../todayOf.ts';
import { CreateCampaign } from './dto.ts';
import { settleCampaign } from './settleCampaign.ts';
import { CampaignAnswer, campaignInList, CampaignInList, campaignView } from './views.ts';

const tag = 'Campaigns';
const ONE = '/campaign/{campaignGuid}';

/** How texts that come in are handled. */
export function campaignOperations(): SmsOperation[] {
  return [listAll, getOne, createOne, cancelOne];
}

const listAll = smsOperation({
  ...{ name: 'listCampaigns', summary: 'List the campaigns', tag, method: 'get', path: '/campaigns' },
  description: 'Newest first, 1,000 at most: a page that is full may be followed by another one.',
  scope: 'sms:read',
  query: BareListQuery,
  answer: { list: CampaignInList },
  handle: async ({ company, organisation, query }) =>
    (await listSmsCampaigns(company, query)).map((campaign) => campaignInList(campaign, organisation)),
});

const getOne = smsOperation({
  ...{ name: 'getCampaign', summary: 'Get a campaign', tag, method: 'get', path: ONE },
  scope: 'sms:read',
  answer: { object: CampaignAnswer },
  refusals: ['campaignNotFound'],
  handle: async ({ company, organisation, params }) => {
    const row = await getSmsCampaign(company, params.campaignGuid);
    const agreement = row.agreementGuid === null ? undefined : await getAgreement(company, row.agreementGuid);
    return campaignView(row, { organisation, agreement });
  },
});

const createOne = smsOperation({
  ...{ name: 'createCampaign', summary: 'Make a campaign', tag, method: 'post', path: '/campaign' },
  description:
    'Of Recurring, an agreement is made with it, unless `agreementGuid` names one that is there: then what that says holds, and ' +
    'the campaign may leave it out, or say the same.',
  scope: 'sms:write',
  body: { json: CreateCampaign },
  answer: { object: CampaignInList, status: 201 },
  refusals: [...campaignRefusals, 'monthlyLimitReached', 'agreementNotFound', 'collectionNotFound'],
  writes: true,
  handle: async ({ company, organisation, body, faults }) => {
    const owner = { today: await todayOf(company, organisation), isobroMember: organisation.isobroMember };
    const { active, agreementGuid, ...fields } = settleCampaign(body, owner, faults);
    const named = await namedBy(company, { agreementGuid, ...fields }, faults);
    if (named) agreementContradictions(body, named).forEach(faults.add);
    faults.throwAny();
    const agreement = named ?? (await newAgreement(company, fields));
    const row = await insertSmsCampaign(company, { fields, active, agreementGuid: agreement?.agreementGuid ?? null });
    return campaignInList(row, organisation);
  },
});

const cancelOne = smsOperation({
  ...{ name: 'cancelCampaign', summary: 'Cancel a campaign', tag, method: 'post', path: `${ONE}/Cancel` },
  description: 'No new sign-ups; running subscriptions go on. Again: 200.',
  scope: 'sms:write',
  answer: { object: CampaignInList },
  refusals: ['campaignNotFound'],
  writes: true,
  handle: async ({ company, organisation, params }) =>
    campaignInList(await cancelSmsCampaign(company, params.campaignGuid), organisation),
});

type Naming = Pick<CampaignFields, 'agreementGuid' | 'communicationCollectionGuid' | 'serviceType'>;

/** The agreement that the body names. What it names is there, and stays there; another company's is not. */
async function namedBy(
  company: CompanyDatabase,
  { agreementGuid, communicationCollectionGuid }: Naming,
  faults: Faults,
) {
  const found = async <Found>(field: string, look: Promise<Found>) =>
    look.catch((error: unknown) => {
      if (!(error instanceof NotFound)) throw error;
      faults.addMissing(field, error);
      return undefined;
    });
  if (communicationCollectionGuid !== null)
    await found('communicationCollectionGuid', getCollection(company, communicationCollectionGuid));
  if (agreementGuid === null) return undefined;
  return found('agreementGuid', getAgreement(company, agreementGuid, { lock: 'for share' }));
}

/** The agreement of a Recurring campaign that names none; others have none. */
async function newAgreement(company: CompanyDatabase, fields: Omit<CampaignFields, 'active' | 'agreementGuid'>) {
  const { serviceType, agreementName: name, agreementDescription: description, agreementType: type } = fields;
  if (serviceType !== 'Recurring') return undefined;
  if (name === null || type === null) throw new Error('a Recurring campaign was let through without its agreement');
  return insertAgreement(company, { name, description, type, schedule: scheduleOf(fields) });
}

function scheduleOf(fields: Partial<ScheduleFields>): ScheduleFields {
  const { scheduleType, scheduleSelectedSet = [] } = fields;
  if (scheduleType === undefined) throw new Error('a Recurring campaign was let through without its schedule');
  const { scheduleCalendarUnit = null, scheduleBaseTier = null, scheduleFixedDay = null } = fields;
  const { scheduleEveryOther = null } = fields;
  const named = { scheduleCalendarUnit, scheduleBaseTier, scheduleFixedDay, scheduleEveryOther };
  return { scheduleType, ...named, scheduleSelectedSet };
}
