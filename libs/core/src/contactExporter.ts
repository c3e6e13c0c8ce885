export const contactTypes = ['phone', 'email', 'address'] as const;
export const contactLabels = ['personal', 'home', 'work', 'military'] as const;
export const contactStatuses = ['primary', 'secondary', 'additional', 'archived'] as const;
export const affiliations = [
  'self',
  'spouse',
  'relative',
  'attorney',
  'employer',
  'coBorrower',
  'representative',
  'thirdParty',
  'other',
] as const;
export const themes = [
  'agentNotification',
  'opsAccountCredentials',
  'opsCollDebt',
  'opsCollLocateBorrower',
  'opsCollVerifyEmployment',
  'opsCollContactEmployerNotice',
  'opsServicing',
  'opsServicingDebtValidation',
  'opsServicingNegativeCreditReportNotice',
  'opsServicingTimeBarredNotice',
  'marketing',
] as const;

export type ContactType = (typeof contactTypes)[number];
export type ContactLabel = (typeof contactLabels)[number];
export type ContactStatus = (typeof contactStatuses)[number];
export type Affiliation = (typeof affiliations)[number];
export type Theme = (typeof themes)[number];

/** Which contacts of a borrower match: AND between the attributes, OR within one; an absent one does not filter. */
export interface ContactMatchingCriteria {
  label?: ContactLabel[];
  contactType?: ContactType[];
  affiliation?: Affiliation[];
  status?: ContactStatus[];
}

/** One column of the contacts file. */
export interface ColumnSetting {
  /** One of `exportableFields`, or `query.<column>`. */
  field: string;
  /** The header; the field's name where absent. */
  outputName?: string;
}

/** Asks for every contact to be screened; for phones `isAutodialed` counts. */
export interface CheckCanInteractData {
  theme: Theme;
  isAutodialed: boolean;
}

/** How a run's borrowers become rows of the contacts file. */
export interface ContactExporterSettings {
  id: string;
  contactMatchingCriteria: ContactMatchingCriteria;
  columnSettings: ColumnSetting[];
  /** Null: contacts are not screened, and the run says so. */
  checkCanInteractData: CheckCanInteractData | null;
}

/** The fields that a column of the contacts file may name, beside `query.<column>`. */
export const exportableFields = [
  'contact.id',
  'contact.externalId',
  'contact.value',
  'contact.name',
  'contact.contactType',
  'contact.label',
  'contact.affiliation',
  'contact.status',
  'contact.valid',
  'contact.verified',
  'contact.receiveTextMessages',
  'contact.address.addressLine1',
  'contact.address.addressLine2',
  'contact.address.city',
  'contact.address.state',
  'contact.address.postalCode',
  'contact.address.country',
  'person.id',
  'person.displayId',
  'person.externalId',
  'person.name.firstName',
  'person.name.middleName',
  'person.name.lastName',
  'person.name.preferredFirstName',
  'person.dateOfBirth',
  'person.status',
  'person.collectionsIntensity',
  'person.timeZone',
  'loan.id',
  'loan.displayId',
  'loan.externalId',
  'loan.status',
  'run.id',
  'run.campaignId',
  'run.startedAt',
  'screening.checkedAt',
  'screening.callFrom',
  'screening.callUntil',
] as const;
export type ExportableField = (typeof exportableFields)[number];
