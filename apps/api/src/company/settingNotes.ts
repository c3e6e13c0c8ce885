import { type Notes } from '@muster/core/fields';

const YET = 'Kept, but nothing acts on it yet';
const nullMeans = (nothing: string) => `null: ${nothing}. ${YET}`;

/** What each setting of a company is, and what one looks like: the same in bodies and answers. */
export const settingNotes = {
  name: { description: 'For people', example: 'Acme Lending' },
  timeZone: { description: 'Of the company’s calendar and hours: the IANA name' },
  dispatchWindow: { description: 'Within it the scheduled campaigns begin: each at a time of its own' },
  sendWindow: { description: `Within it messages go out. ${YET}` },
  catchUpUntil: {
    description: 'Until then a slot that was missed that day is still run; after the dispatch window',
    example: '12:00',
  },
  screeningMaxAgeMinutes: {
    description: `Contacts that were screened earlier are screened anew before they are delivered. ${YET}`,
    example: 30,
  },
  reservationHours: { description: `For how long what was handed over counts as an attempt. ${YET}`, example: 168 },
  rulePack: { description: `The rules that contacts are screened by. ${YET}`, example: 'reg-f' },
  rulePacksByState: { description: `By the state of the contact, in place of \`rulePack\`. ${YET}` },
  complianceGuardUrl: {
    description: `A guard that must allow each contact, beside our own rules; ${nullMeans('none')}`,
    example: 'https://guard.example.com/checks',
  },
  gateways: { description: 'What sends messages, by channel' },
  gateway: { description: nullMeans('there is none') },
  rateLimits: { description: `How many messages go out, by channel. ${YET}` },
  alertWebhook: { description: `What is told of runs that wait for a person; ${nullMeans('nothing')}` },
  requireScreening: { description: 'Whether nobody may be contacted unscreened', example: true },
  retentionDays: { description: 'For how many days things are kept' },
  url: { description: 'https, and without user or password', example: 'https://hooks.example.com/services/muster' },
} satisfies Record<string, Notes>;
