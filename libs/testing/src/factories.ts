import {
  type CheckCanInteractData,
  type ColumnSetting,
  type ContactMatchingCriteria,
} from '@muster/core/contactExporter';
import { type Database } from '@muster/core/database';

/** A person, loan or contact: `key` is what queries return (displayId), in digits; `id` is what users of the API see. */
export interface Keyed {
  key: string;
  id: string;
}

type Values = Record<string, unknown>;

export interface NewCompany extends Values {
  name?: string;
  timeZone?: string;
  dispatchFrom?: string;
  dispatchTo?: string;
  catchUpUntil?: string;
  requireScreening?: boolean;
}

export interface NewPerson extends Values {
  companyId: string;
  key?: string | number;
  externalId?: string;
  status?: 'active' | 'inactive';
  firstName?: string | null;
  lastName?: string | null;
  dateOfBirth?: string | null;
  timeZone?: string | null;
}

export interface NewLoan extends Values {
  companyId: string;
  personKey: string | number;
  key?: string | number;
  externalId?: string;
  status?: 'active' | 'paidOff' | 'chargedOff' | 'closed';
}

export interface NewContact extends Values {
  companyId: string;
  personKey: string | number;
  key?: string | number;
  externalId?: string;
  contactType?: 'phone' | 'email' | 'address';
  label?: string | null;
  affiliation?: string;
  status?: 'primary' | 'secondary' | 'additional' | 'archived';
  name?: string | null;
  value?: string | null;
}

export interface NewDoNotInteract extends Values {
  companyId: string;
  personKey: string | number;
  channels?: string[] | null;
  themes?: string[] | null;
  startDate?: string | null;
  endDate?: string | null;
  daysOfWeek?: number[] | null;
  timezone?: string | null;
  timesOfDay?: { fromHour: number; toHour: number }[] | null;
  contactLabels?: string[] | null;
}

export interface NewExporter extends Values {
  companyId: string;
  externalId?: string;
  contactMatchingCriteria?: ContactMatchingCriteria;
  columnSettings?: ColumnSetting[];
  checkCanInteractData?: CheckCanInteractData | null;
}

/** Secrets (`redashApiKey`, `sftpPassword`, …) are stored as they are given: seal them first where they will be opened. */
export interface NewCampaign extends Values {
  companyId: string;
  externalId?: string;
  redashQueryUrl?: string | null;
  redashApiKey?: string | null;
  schedule?: string | null;
  contactExporterId?: string | null;
  sftpSettings?: Values | null;
  sftpPassword?: string | null;
}

/** Inserts a company in New York; gives its id. */
export async function insertCompany(db: Database, values: NewCompany = {}): Promise<string> {
  return (await insert(db, 'company', { name: 'Test Lender', timeZone: 'America/New_York', ...values })).id;
}

/** Inserts a borrower. */
export function insertPerson(db: Database, values: NewPerson): Promise<Keyed> {
  return insert(db, 'person', { firstName: 'Robin', lastName: 'Miller', ...values });
}

/** Inserts an active loan. */
export function insertLoan(db: Database, values: NewLoan): Promise<Keyed> {
  return insert(db, 'loan', values);
}

/** Inserts a contact: a primary personal phone unless said otherwise. */
export function insertContact(db: Database, values: NewContact): Promise<Keyed> {
  return insert(db, 'contact', { contactType: 'phone', label: 'personal', value: '+14155550101', ...values });
}

/** Inserts a do-not-interact that blocks everything, always, unless said otherwise; gives its id. */
export async function insertDoNotInteract(db: Database, values: NewDoNotInteract): Promise<string> {
  return (await insert(db, 'do_not_interact', { channels: ['all'], themes: ['all'], ...values })).id;
}

/** Inserts an unscreened exporter of phone numbers; gives its id. */
export async function insertExporter(db: Database, values: NewExporter): Promise<string> {
  const defaults = {
    contactMatchingCriteria: { contactType: ['phone'] },
    columnSettings: [{ field: 'person.displayId' }, { field: 'contact.value' }],
  };
  return (await insert(db, 'contact_exporter', { ...defaults, ...values })).id;
}

/** Inserts a campaign that is started by hand; gives its id. */
export async function insertCampaign(db: Database, values: NewCampaign): Promise<string> {
  return (await insert(db, 'campaign', { redashQueryUrl: 'https://redash.example.com/queries/1', ...values })).id;
}

/** Inserts a row, named by camelCase columns; for tables that have no factory of their own. */
export async function insertRow<Row>(db: Database, table: string, values: Values): Promise<Row> {
  const names = Object.keys(values).filter((name) => values[name] !== undefined);
  const [row] = await db.query<Row>(
    `insert into ${table} (${names.map(snakeCase).join(', ')})
     values (${names.map((_, at) => `$${at + 1}`).join(', ')}) returning *`,
    names.map((name) => (json.has(name) && values[name] !== null ? JSON.stringify(values[name]) : values[name])),
  );
  if (!row) throw new Error(`nothing was inserted into ${table}`);
  return row;
}

const json = new Set([
  'timesOfDay',
  'contactMatchingCriteria',
  'columnSettings',
  'sftpSettings',
  'metaData',
  'settings',
  'details',
]);

/** A set of one reservation. */
export async function insertReservation(db: Database, values: Values): Promise<void> {
  const { personKey, loanKey, channel, consumedBy, ...ofSet } = values;
  const { key } = await insertRow<Keyed>(db, 'reservation_set', ofSet);
  const { companyId } = ofSet;
  await insertRow(db, 'reservation', { setKey: key, companyId, personKey, loanKey, channel, consumedBy });
}

function insert(db: Database, table: string, values: Values): Promise<Keyed> {
  return insertRow<Keyed>(db, table, values);
}

function snakeCase(name: string) {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
