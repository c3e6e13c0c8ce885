import { flag, integer } from '@muster/core/fields';
import { unitOf } from '@muster/messaging/resolveSchedule';
import { smsTimestamp } from '@muster/messaging/smsTimestamp';
import { type Organisation } from '@muster/db/sms/organisation';
import { type AgreementRow } from '@muster/db/sms/smsAgreements';
import { type SmsCampaignRow } from '@muster/db/sms/smsCampaigns';
import { agreementTerms } from '../agreements/agreementTerms.ts';
import { guid, timestamp } from '../fields.ts';
import { CampaignBody } from './dto.ts';

/** A campaign in a list. */
export class CampaignInList {
  @guid() campaignGuid!: string;
  @timestamp({ description: 'When it was made' }) createdTs!: string;
  @flag({ description: 'Whether it takes sign-ups' }) active!: boolean;
}

/** A campaign as it is answered: all that it says, and what the server says of it. */
export class CampaignAnswer extends CampaignBody {
  @guid() campaignGuid!: string;
  @timestamp({ description: 'When it was made' }) createdTs!: string;
  @integer({ description: 'Of the organisation' }) merchantId!: number;
}

type Listed = Pick<SmsCampaignRow, 'campaignGuid' | 'createdAt' | 'active'>;

/** A campaign in a list, or as the answer to its making. */
export function campaignInList(
  { campaignGuid, createdAt, active }: Listed,
  { timeZone }: Organisation,
): CampaignInList {
  return { campaignGuid, createdTs: smsTimestamp(createdAt, timeZone), active };
}

interface Beside {
  organisation: Organisation;
  /** The one that it names, or has made. */
  agreement: AgreementRow | undefined;
}

/** A campaign as it is answered: of its agreement with what holds. */
export function campaignView(row: SmsCampaignRow, { organisation, agreement }: Beside): CampaignAnswer {
  const { scheduleSelectedSet = [], scheduleType = null, ...fields } = row.fields;
  const { campaignGuid, createdTs, active } = campaignInList(row, organisation);
  return {
    ...{ campaignGuid, createdTs, active },
    merchantId: organisation.merchantId,
    ...fields,
    targetAudienceUnderAge: fields.targetedAudienceUnderAge,
    agreementGuid: row.agreementGuid,
    scheduleType,
    scheduleCalendarUnit: unitOf(row.fields),
    scheduleBaseTier: fields.scheduleBaseTier ?? null,
    scheduleFixedDay: fields.scheduleFixedDay ?? null,
    scheduleEveryOther: fields.scheduleEveryOther ?? null,
    scheduleSelectedSet: JSON.stringify(scheduleSelectedSet),
    ...(agreement && agreementTerms(agreement)),
  };
}
