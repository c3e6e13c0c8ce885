import { type Guard } from './guard.ts';

const inbox = 'libs/db/src/sms/inbox.ts';
const handling = ['libs/messaging/src/handleMessage.integration.test.ts'];
const begin = 'libs/db/src/sms/beginCharge.ts';
const asking = ['libs/messaging/src/unaskedCharges.integration.test.ts'];
const calling = [
  'apps/api/src/sms/smsRoutes.integration.test.ts',
  'apps/api/src/sms/everySmsOperation.integration.test.ts',
];

/** What sees to it that a text that comes in is handled once, in its turn, and brought in by the carrier alone. */
export const inboundGuards: Guard[] = [
  {
    name: 'inbound: only the current attempt writes',
    why: 'a worker that was long silent would settle what the next one is at',
    file: inbox,
    find: 'guid = $1 and attempt = $2 and held',
    replace: 'guid = $1 and attempt >= $2 and held',
    tests: handling,
  },
  {
    name: 'inbound: the texts of a number go one after the other',
    why: 'a STOP could be handled before the sign-up that it is to end',
    file: inbox,
    find: 'earlier.number < message.number',
    replace: 'earlier.number < 0',
    tests: handling,
  },
  {
    name: 'inbound: a text is decided once',
    why: 'whoever goes on with a text could decide otherwise than what was begun, and charge twice',
    file: inbox,
    find: 'if (!message.isDecided) await decideMessage',
    replace: 'await decideMessage',
    tests: handling,
  },
  {
    name: 'inbound: a text that kills its workers is parked',
    why: 'a poisonous text would kill workers for ever',
    file: inbox,
    find: 'if (crashes < MOST_CRASHES) return claimed;',
    replace: 'if (crashes < MOST_CRASHES || MOST_CRASHES > 0) return claimed;',
    tests: handling,
  },
  {
    name: 'inbound: a charge that a text asks for is within the limits',
    why: 'texts would charge a number above the limit of its month',
    file: 'libs/db/src/sms/planCharge.ts',
    find: 'if (refusal) {',
    replace: `if (refusal?.code === '') {`,
    tests: handling,
  },
  {
    name: 'inbound: a number signs up once',
    why: 'a number that writes twice would be charged twice a month',
    file: 'libs/db/src/sms/signUp.ts',
    find: `if (open) return planReply`,
    replace: `if (open && campaign.guid === '') return planReply`,
    tests: handling,
  },
  {
    name: 'inbound: a number signs up once under an agreement',
    why: 'a number would be charged twice for the same, by two campaigns that share an agreement',
    file: 'libs/db/src/sms/signUp.ts',
    find: `[contactGuid, agreementGuid],`,
    replace: `[contactGuid, agreementGuid && contactGuid],`,
    tests: ['libs/messaging/src/sharedAgreement.integration.test.ts'],
  },
  {
    name: 'inbound: a charge is noted as asked for before it is',
    why: 'one whose end nobody knows would be called refused, and made again when its number writes again',
    file: begin,
    find: 'set asked_at = clock_timestamp()',
    replace: 'set asked_at = null',
    tests: asking,
  },
  {
    name: 'inbound: what was asked for once is not called refused',
    why: 'a gateway that has charged, and may not be asked any more, would be told of as one that was never asked',
    file: 'libs/messaging/src/handleMessage.ts',
    find: 'if (wasAsked) throw error;',
    replace: `if (wasAsked && charge.key === '') throw error;`,
    tests: [...handling, ...asking],
  },
  {
    name: 'inbound: a charge that has waited is not made for what has ended',
    why: 'a gateway that is named at last would charge for subscriptions and campaigns that were cancelled meanwhile',
    file: begin,
    find: 'if (goesOn && ',
    replace: 'if ((goesOn || left) && ',
    tests: asking,
  },
  {
    name: 'inbound: a charge that has waited is not made for who has asked to stop',
    why: 'a STOP waits behind the sign-up that it ends, and would come too late',
    file: begin,
    find: 'const hasWaited = message.isDecided;',
    replace: `const hasWaited = message.guid === '';`,
    tests: asking,
  },
  {
    name: 'inbound: keywords are taken on shortcodes that are shared or own',
    why: 'any company could take the keywords of another one’s shortcode away from it',
    file: 'libs/db/src/sms/smsKeywords.ts',
    find: 'bool_or(company_id = $1)',
    replace: 'bool_or(company_id is not null)',
    tests: ['apps/api/src/sms/keywords/keywords.integration.test.ts'],
  },
  {
    name: 'inbound: the carrier alone brings texts in',
    why: 'any key of an organisation could cause charges to any number',
    file: 'libs/core/src/roles.ts',
    find: `scopes.filter((scope) => scope !== 'carrier')`,
    replace: 'scopes',
    tests: calling,
  },
  {
    name: 'inbound: what the carrier brings again is the same text',
    why: 'a carrier that did not hear our answer would cause a second charge',
    file: 'libs/db/src/sms/smsMessages.ts',
    find: 'select $1, "carrierId", channel, msisdn, text',
    replace: `select $1, "carrierId" || ' ' || gen_random_uuid(), channel, msisdn, text`,
    tests: ['apps/api/src/sms/messages/messages.integration.test.ts'],
  },
  {
    name: 'inbound: a body is the one whose MD5 was sent',
    why: 'a body that was cut or changed on its way would be taken',
    file: 'apps/api/src/sms/readSmsBody.ts',
    find: 'if (given.every((md5) => md5.toLowerCase() === right)) return;',
    replace: `if (right !== '') return;`,
    tests: calling,
  },
  {
    name: 'inbound: an operation of the SMS API asks for its scope',
    why: 'whoever may look could charge, cancel and send',
    file: 'apps/api/src/sms/smsRoutes.ts',
    find: 'allow(operation.scope)',
    replace: '(_req, _res, next) => (operation.scope, allow, next())',
    tests: calling,
  },
];
