import { NotFound } from '@muster/core/errors';
import { type AgreementType, type ScheduleFields } from '@muster/messaging/smsCampaign';
import { type CompanyDatabase } from '../openDatabase.ts';
import { type NumberedPage, readNumberedPage } from './numberedPages.ts';

export const agreementStates = ['Active', 'Inactive'] as const;
export type AgreementState = (typeof agreementStates)[number];

/** What subscriptions are under: when they are due. */
export interface AgreementRow {
  agreementGuid: string;
  createdAt: Date;
  name: string;
  description: string | null;
  type: AgreementType;
  schedule: ScheduleFields;
  state: AgreementState;
}

const COLUMNS = `guid as "agreementGuid", created_at as "createdAt", name, description, type, schedule, state`;

/** Stores an agreement. */
export async function insertAgreement(
  db: CompanyDatabase,
  agreement: Pick<AgreementRow, 'name' | 'description' | 'type' | 'schedule'>,
): Promise<AgreementRow> {
  const { name, description, type, schedule } = agreement;
  const [row] = await db.query<AgreementRow>(
    `insert into sms_agreement (company_id, name, description, type, schedule) values ($1, $2, $3, $4, $5)
     returning ${COLUMNS}`,
    [db.companyId, name, description, type, schedule],
  );
  if (!row) throw new Error('the agreement was not stored');
  return row;
}

/** A page of the company's shared agreements: personal ones belong to their subscriptions. */
export function listAgreements(db: CompanyDatabase, page: NumberedPage, state?: AgreementState) {
  const inState = state === undefined ? {} : { where: `type = 'Shared' and state = $2`, parameters: [state] };
  return readNumberedPage<AgreementRow>(
    db,
    { table: 'sms_agreement', columns: COLUMNS, where: `type = 'Shared'`, ...inState },
    page,
  );
}

/** Reads an agreement; with `lock`, kept for the rest of the transaction. Throws NotFound `agreementNotFound`. */
export async function getAgreement(
  db: CompanyDatabase,
  guid: string,
  { lock = '' }: { lock?: '' | 'for share' } = {},
): Promise<AgreementRow> {
  const [row] = await db.query<AgreementRow>(
    `select ${COLUMNS} from sms_agreement where company_id = $1 and guid = $2 ${lock}`,
    [db.companyId, guid],
  );
  if (!row) throw new NotFound('agreementNotFound', `there is no agreement ${guid}`);
  return row;
}
