import { type Guard } from './guard.ts';

const outbox = 'libs/db/src/sms/outbox.ts';
const sending = ['libs/messaging/src/sendText.integration.test.ts'];
const shortLinks = ['apps/api/src/shortLinkRoutes.integration.test.ts'];

/** What sees to it that texts are sent once, that short addresses are safe, and that what was cancelled stays so. */
export const textGuards: Guard[] = [
  {
    name: 'text: only the current attempt writes',
    why: 'a worker that was long silent would write over what the next one has done',
    file: outbox,
    find: 'guid = $1 and attempt = $2 and settled_at',
    replace: '$2::int is not null and guid = $1 and settled_at',
    tests: sending,
  },
  {
    name: 'text: what answers a text that came in is not sent beside it',
    why: 'an answer would be sent before its charge is settled',
    file: outbox,
    find: `where state = 'wanted' and message_guid is null and take_at`,
    replace: `where state = 'wanted' and take_at`,
    tests: sending,
  },
  {
    name: 'text: one that kills its workers is given up',
    why: 'a poisonous text would kill workers for ever',
    file: outbox,
    find: 'if (crashes < MOST_CRASHES)\n',
    replace: 'if (crashes < MOST_CRASHES || MOST_CRASHES > 0)\n',
    tests: sending,
  },
  {
    name: 'text: the same external ids wait for each other',
    why: 'one of two that come at once would fail',
    file: 'libs/db/src/sms/smsTexts.ts',
    find: 'select pg_advisory_xact_lock(hashtext($1), hashtext($2))',
    replace: 'select hashtext($1), hashtext($2)',
    tests: sending,
  },
  {
    name: 'text: a charge that was asked for is not called refused by a cancel',
    why: 'what was charged would stand there as refused',
    file: 'libs/db/src/sms/cancelSubscription.ts',
    find: 'message_guid is null and asked_at is null',
    replace: 'true',
    tests: [
      'libs/db/src/sms/smsSubscriptions.integration.test.ts',
      'apps/api/src/sms/subscriptions/subscriptions.integration.test.ts',
      'libs/messaging/src/chargeDue.integration.test.ts',
    ],
  },
  {
    name: 'text: short addresses are not tried out',
    why: 'whoever guesses would find the addresses of others',
    file: 'apps/api/src/shortLinkRoutes.ts',
    find: 'limits ? limits.shortLinks.look(req, code, find) : find()',
    replace: 'limits ? find() : find()',
    tests: shortLinks,
  },
  {
    name: 'text: a short address that is past leads nowhere',
    why: 'an address would lead on for ever',
    file: 'libs/db/src/sms/shortLinks.ts',
    find: 'where code = $1 and expires_at > clock_timestamp()',
    replace: 'where code = $1',
    tests: shortLinks,
  },
];
