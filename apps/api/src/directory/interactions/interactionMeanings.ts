const moment = 'with its zone';

/** What each field of an interaction is, in bodies and in answers. */
export const interactionMeanings = {
  channel: 'The way that it took',
  direction: 'From the person (inbound) or to the person (outbound); outbound by default',
  status: 'How far it came',
  statusDetails: 'What came of it: voiceSpokeWithFirstParty is a conversation',
  theme: 'What it was for',
  subject: 'What it was about; one that is unknown here is kept as it is',
  content: 'What was said or written',
  startedAt: `When it began, ${moment}; now by default`,
  endedAt: `When it ended, ${moment}`,
  scheduledAtFrom: `From when on it was planned for, ${moment}`,
  scheduledAtTo: `Until when it was planned for, ${moment}`,
  isTransactional: 'Whether it belonged to business under way, and was no advertising; kept as it is',
  sensitive: 'Whether it holds what not everybody should read; kept as it is',
  failureDescriptionShort: 'Why it failed, in a few words',
  failureDescriptionLong: 'Why it failed, at length',
  complianceGuardRuleId: 'The rule of the compliance guard that was decisive for it',
} as const;
