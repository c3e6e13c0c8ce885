import { type Guard } from './guard.ts';

const posts = 'libs/db/src/sms/posts.ts';
const form = 'libs/db/src/sms/formPost.ts';
const posting = [
  'libs/messaging/src/deliverPost.integration.test.ts',
  'libs/messaging/src/deliverPostRaces.integration.test.ts',
];

/** What sees to it that organisations are told of each text, by one worker at a time, whatever other receivers do. */
export const postGuards: Guard[] = [
  {
    name: 'post: a text that ends is to be told of',
    why: 'an organisation would never hear of it',
    file: 'libs/db/migrations/1764000000090_sms_posts.sql',
    find: 'new.untold := exists (',
    replace: 'new.untold := new.processed_at is null and exists (',
    tests: posting,
  },
  {
    name: 'post: a try that another has overtaken records nothing',
    why: 'what is to come to a new webhook would be given up by the old one',
    file: posts,
    find: 'guid = $1 and attempt = $2 and state',
    replace: 'guid = $1 and $2::int is not null and state',
    tests: posting,
  },
  {
    name: 'post: a try has a lease',
    why: 'workers beside each other would all send the same',
    file: posts,
    find: `then $1::timestamptz + $3 * interval '1 ms'`,
    replace: `then $1::timestamptz + 0 * $3 * interval '1 ms'`,
    tests: posting,
  },
  {
    name: 'post: they are taken one after the other',
    why: 'a company whose receiver hangs would take up more of the workers than it may',
    file: posts,
    find: 'select pg_advisory_xact_lock($1), ',
    replace: 'select $1::int, ',
    tests: posting,
  },
  {
    name: 'post: a company has but a few under way',
    why: 'one receiver that hangs would hold all others up',
    file: posts,
    find: 'where busy.posts < $2',
    replace: 'where $2::int is not null',
    tests: posting,
  },
  {
    name: 'post: who has fewer under way comes first',
    why: 'those whose receivers hang would be tried before those whose receivers answer',
    file: posts,
    find: 'order by busy.posts, first.next_try_at',
    replace: 'order by first.next_try_at',
    tests: posting,
  },
  {
    name: 'post: one follows once the one before was told, or is some time old',
    why: 'texts would be told of out of their order, and each by a request of its own to a receiver that fails',
    file: form,
    find: `post.created_at > $1::timestamptz - $2`,
    replace: `post.created_at > $1::timestamptz - 0 * $2`,
    tests: posting,
  },
  {
    name: 'post: it has an end',
    why: 'a hundred long texts would be more than receivers take in one request',
    file: form,
    find: '(place = 1 or bytes <= $4)',
    replace: '(place = 1 or $4::int is not null)',
    tests: posting,
  },
  {
    name: 'post: a webhook that was mended is told at once',
    why: 'what waits for hours would go on waiting, with the tries that the old address has cost',
    file: 'libs/db/src/companySettings.ts',
    find: 'if (isOther(stored.smsWebhook, change.smsWebhook)) await postAnew(tx);',
    replace: '',
    tests: posting,
  },
  {
    name: 'post: no callback leads inside',
    why: 'whoever has texts sent could reach what only our own servers may',
    file: 'apps/api/src/sms/texts/settleText.ts',
    find: 'if (refusal) faults',
    replace: 'if (refusal === null) faults',
    tests: ['apps/api/src/sms/texts/texts.integration.test.ts'],
  },
];
