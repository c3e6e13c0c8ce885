/** Our advisory locks in PostgreSQL, in one place so that no two mean the same number. Where it says so, a second key follows. */
export const advisoryLocks = {
  /** Two migrations at once become one after the other. */
  migrate: 7_261_001,
  /** Two first starts at once agree on one secret key; nobody starts while it is replaced. */
  secretKey: 7_261_002,
  /** The places of a company; the second key is the company's hash. */
  places: 7_261_003,
  /** The schedule of a campaign in the queue; the second key is the campaign's hash. */
  schedule: 7_261_004,
  /** Held by the one scheduler that keeps the queue's schedules. */
  scheduleKeeper: 7_261_010,
  /** Screening and reserving, one run at a time; the second key is the company's hash. */
  screening: 7_261_021,
  /** One import of a kind at a time; the second key is the hash of company and kind. */
  imports: 7_261_020,
  /** Taking posts to webhooks of texts, one at a time. */
  posts: 7_261_023,
  /** Raising and closing the alerts of charges; the second key is the company's hash: named by its number in migration `text_alerts`. */
  chargeAlerts: 7_261_024,
  /** Making and dropping the months of the decisions: named by its number in migration `decisions`. */
  decisions: 7_261_022,
} as const;
