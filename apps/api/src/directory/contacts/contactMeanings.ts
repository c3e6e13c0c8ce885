/** What each field of a contact is, in bodies and in answers. */
export const contactMeanings = {
  contactType: 'What it is; says what `value` or `address` holds',
  label: 'Where, or in which part of life, it reaches the person',
  affiliation: 'Whose it is; self by default',
  status: 'Its rank among the contacts, primary by default; archived ones are used only where they are asked for',
  name: 'Who answers there',
  valid: 'Whether it works, as far as is known; true by default',
  verified: 'Whether somebody has made sure of it; false by default',
  receiveTextMessages: 'Whether text messages are welcome there; false by default',
  receiveTextMessagesLastConsentAt: 'When text messages were last agreed to, with its zone',
  authorizedThirdParty: 'Whether a third party answers there who may be spoken to; false by default',
  powerOfAttorney: 'Whether somebody with a power of attorney answers there; false by default',
  phoneDisconnectionDetails:
    'What is known of a number that is out of service: at most 5 levels deep and 20,000 characters of JSON; kept as it is',
} as const;

/** What each part of a contact's address is. */
export const addressMeanings = {
  addressLine1: 'House number and street',
  addressLine2: 'Apartment, floor, c/o',
  city: 'The city',
  countyOrRegion: 'The county or region',
  state: 'The state, such as CA',
  postalCode: 'The ZIP or postal code, as a text: it may begin with a 0',
  country: 'The country',
  POBox: 'The number of the post office box',
} as const;
