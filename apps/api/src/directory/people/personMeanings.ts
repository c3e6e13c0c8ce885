/** What each field of a person is, in bodies and in answers. */
export const personMeanings = {
  borrowerType: 'Whether it is a human being or a business; person by default',
  status: 'Whether the company deals with the person; active by default',
  collectionsIntensity: 'How hard debts are to be collected; normal by default',
  monitorStartDate: 'The first day of monitoring, YYYY-MM-DD; kept as it is',
  commPreferences:
    'How the person likes to be reached, in the company’s own form: at most 5 levels deep and 20,000 characters of JSON; kept as it is',
  name: 'The parts of the name; those that are unknown are null',
  dateOfBirth: 'The day of birth, YYYY-MM-DD',
  timeZone: 'Where the person is: the IANA name of a time zone',
} as const;

/** What each part of a person's name is. */
export const nameMeanings = {
  prefix: 'Such as Ms or Dr',
  firstName: 'The first name',
  middleName: 'The middle names',
  lastName: 'The last name',
  maidenLastName: 'The last name before a marriage',
  suffix: 'Such as Jr or III',
  preferredFirstName: 'The first name that the person goes by',
} as const;
