/** What each field of a do-not-interact is, in bodies and in answers; null, it restricts nothing. */
export const doNotInteractMeanings = {
  channels: 'The channels that it blocks; null or `all`: each',
  themes: 'What may not be spoken of; null: anything. `all` does not cover opsAccountCredentials',
  startDate: 'The first day, YYYY-MM-DD; null: since ever',
  endDate: 'The last day, YYYY-MM-DD; null: for ever',
  daysOfWeek: 'The days of the week, 0 is Monday; null: each',
  timezone: 'The IANA name of the zone in which days and hours are meant; null: the company’s',
  timesOfDay: 'The hours of the day, `toHour` not included; null: all day',
  contactLabels: 'The labels of the contacts that it blocks; null: any contact',
  source: 'Where it came from',
} as const;
