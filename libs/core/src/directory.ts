import { type Theme, themes } from './contactExporter.ts';

// The words of the borrower directory, each list once; those of contacts are in contactExporter.ts.

export const borrowerTypes = ['person', 'business'] as const;
export const personStatuses = ['active', 'inactive'] as const;
export const collectionsIntensities = ['light', 'normal', 'heavy'] as const;
export const loanStatuses = ['active', 'paidOff', 'chargedOff', 'closed'] as const;

export const consentNames = [
  'electronicComms',
  'contactPersonWork',
  'contactPersonRepByAttorney',
  'contactPersonUnusualTime',
  'autodialedColl',
] as const;
export const consentStatuses = ['consented', 'revoked'] as const;

const spokenChannels = ['voice', 'email', 'fax', 'text', 'chat', 'mail'] as const;
export const interactionChannels = [...spokenChannels, 'gui', 'document'] as const;
export const interactionDirections = ['inbound', 'outbound'] as const;
export const interactionStatuses = ['scheduled', 'attempted', 'succeeded', 'failed', 'canceled', 'inProgress'] as const;

export const blockedChannels = ['all', ...spokenChannels] as const;
/** `all` does not cover opsAccountCredentials, which cannot be blocked by name either. */
export const blockedThemes = [
  'all',
  ...themes.filter((theme) => theme !== 'agentNotification' && theme !== 'opsAccountCredentials'),
] as const;

export type BorrowerType = (typeof borrowerTypes)[number];
export type PersonStatus = (typeof personStatuses)[number];
export type CollectionsIntensity = (typeof collectionsIntensities)[number];
export type LoanStatus = (typeof loanStatuses)[number];
export type ConsentName = (typeof consentNames)[number];
export type ConsentStatus = (typeof consentStatuses)[number];
export type InteractionChannel = (typeof interactionChannels)[number];
export type InteractionDirection = (typeof interactionDirections)[number];
export type InteractionStatus = (typeof interactionStatuses)[number];
export type BlockedChannel = (typeof blockedChannels)[number];
export type BlockedTheme = 'all' | Exclude<Theme, 'agentNotification' | 'opsAccountCredentials'>;

/** What a person has agreed to where nothing is on record. */
export const defaultConsents: Readonly<Record<ConsentName, ConsentStatus>> = {
  electronicComms: 'consented',
  contactPersonWork: 'revoked',
  contactPersonRepByAttorney: 'revoked',
  contactPersonUnusualTime: 'revoked',
  autodialedColl: 'revoked',
};
