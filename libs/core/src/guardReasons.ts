/** What each reason of the guard says to people, by its code; the last ones are a run's own. */
export const guardReasons: Readonly<Record<string, string>> = {
  doNotInteract: 'a do-not-interact of this person is in force',
  representedByAttorney: 'the person is represented by an attorney, and has not agreed to be contacted beside them',
  frequencyLimit: 'there were as many attempts lately as are allowed',
  recentConversation: 'there was a conversation about it lately',
  outsideAllowedHours: 'it is outside of the allowed hours in one of the zones where the contact may be',
  consentRevoked: 'the person has revoked the consent that this takes',
  consentMissing: 'the person has not given the consent that this takes',
  textNotPermitted: 'the contact does not receive text messages',
  contactInvalid: 'the contact is not valid',
  contactArchived: 'the contact is archived',
  thirdPartyNotAuthorized: 'the contact is a third party who is not authorized',
  borrowerInactive: 'the person is not active',
  loanNotActive: 'the loan is over',
  refusedOutside: 'the company’s own compliance guard does not allow it',
  noContact: 'no contact of the person is what the exporter asks for',
  invalid: 'the row of the query that names the person is not valid',
  unknownLoan: 'its loan is none of the person’s',
};

/** One sentence for people: what speaks against it, and what was compared. Never a contact's value. */
export function explainReason(code: string, compared: string | null): string {
  const says = guardReasons[code] ?? 'a rule speaks against it';
  return compared === null || compared === '' ? says : `${says}: ${compared}`;
}
