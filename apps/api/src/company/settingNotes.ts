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
    description: 'A run that comes to its upload later than that screens its contacts anew first',
    example: 30,
  },
  reservationHours: {
    description: 'For how long what a run has handed over counts as an attempt, until the attempt itself is known',
    example: 168,
  },
  rulePack: { description: 'The rules that contacts are judged by, in a run and one by one', example: 'reg-f' },
  rulePacksByState: {
    description:
      'By the state of the contact, in place of `rulePack`; where several states may be meant, all of theirs hold',
  },
  complianceGuardUrl: {
    description:
      'A guard that must allow each contact, beside our own rules: it is told ids, and no contact’s value. While it is away no run is screened; null: none',
    example: 'https://guard.example.com/checks',
  },
  gateways: { description: 'What sends messages, by channel, and what charges numbers' },
  gateway: { description: nullMeans('there is none') },
  textGateway: { description: 'What sends texts; null: there is none, and what is to be sent waits for a day' },
  paymentGateway: {
    description: 'What charges numbers; null: there is none, and what is to be charged waits for a day',
  },
  sms: { description: 'Of the SMS API' },
  smsTimeZone: { description: 'Of its calendar and timestamps: the IANA name', example: 'Europe/Copenhagen' },
  requireMd5: { description: 'Whether a body without its MD5 is refused', example: true },
  isobroMember: {
    description: 'Whether the company is a member of ISOBRO: it raises the limit of donations',
    example: true,
  },
  rateLimits: { description: `How many messages go out, by channel. ${YET}` },
  alertWebhook: {
    description:
      'What is told of each alert, as Standard Webhooks has it: a `POST` with the headers `webhook-id`, `webhook-timestamp` and, where ' +
      'there is a secret, `webhook-signature`, and the body `{type, timestamp, data: {alertId, companyId, campaignId, campaignName, runId, ' +
      'file, slots, dueDate, code, message, resolvedAt}}`: ids, counts and sentences, nothing personal. The signature is `v1,` and ' +
      'HMAC-SHA256, in base64, of the id, the timestamp and the body with a dot between them. Any 2xx within 15 s has taken it; all else ' +
      'is tried again for a day, always under the same `webhook-id`, and 410 ends it. The `url` is https unless the operator lets ' +
      'another one (`ALLOW_HTTP`), the `secret` best `whsec_…`. null: nobody is told, and alerts are only listed',
  },
  smsWebhook: {
    description:
      'What is told of each text that came in, once it is handled: a `POST` of a list of them, up to 100, each as ' +
      '`GET /sms/SmsMO/{messageGuid}` answers it, signed as `alertWebhook` is, with `webhook-type: SmsMO.received`. Any 2xx within 15 s has ' +
      'taken it; all else is tried again after 10, 1800, 3600 … 16200 s, always under the same `webhook-id`, and 410 ends it. The secret signs ' +
      'the callbacks of `SendSms` as well. null: nobody is told',
  },
  webhookSecret: {
    description:
      'Signs what is sent: `whsec_` and base64 of 24 to 64 bytes, as the libraries of Standard Webhooks have it, or any other text of at least 16 characters, which stands ' +
      'for its own bytes; answered only as a mask',
    example: null,
  },
  requireScreening: { description: 'Whether nobody may be contacted unscreened', example: true },
  retentionDays: { description: 'For how many days things are kept' },
  url: {
    description:
      'https, without user or password, at a public address and port 443; plain http and others only where the operator lets them ' +
      '(`ALLOW_HTTP`, `ALLOW_ADDRESSES`)',
    example: 'https://hooks.example.com/services/muster',
  },
} satisfies Record<string, Notes>;
