import { type Guard } from './guard.ts';

const tenancy = 'libs/db/migrations/1764000000005_tenancy.sql';
const rowSecurity = ['libs/db/src/rowSecurity.integration.test.ts'];
const secretBox = 'libs/core/src/secretBox.ts';
const box = ['libs/core/src/secretBox.test.ts'];

/** What keeps companies apart, and secrets where they belong. */
export const secrecyGuards: Guard[] = [
  {
    name: 'row-level security',
    why: 'a statement that forgets the company would show those of others',
    file: tenancy,
    find: `  execute format('alter table %I enable row level security', name);\n`,
    replace: '',
    tests: rowSecurity,
  },
  {
    name: 'row-level security, forced upon the owner',
    why: 'whoever owns the tables would see all companies',
    file: tenancy,
    find: `  execute format('alter table %I force row level security', name);\n`,
    replace: '',
    tests: rowSecurity,
  },
  {
    name: 'the company of a transaction ends with it',
    why: 'a pooled connection would show one company the rows of another',
    file: 'libs/db/src/openDatabase.ts',
    find: `set_config('role', '\${COMPANY_ROLE}', true), set_config('muster.company', '\${companyId}', true)`,
    replace: `set_config('role', '\${COMPANY_ROLE}', false), set_config('muster.company', '\${companyId}', false)`,
    tests: rowSecurity,
  },
  {
    name: 'the form of a company id',
    why: 'an id could carry a statement of its own',
    file: 'libs/db/src/openDatabase.ts',
    find: 'if (!/^[A-Z0-9-]{1,50}$/.test(companyId)) throw',
    replace: 'if (companyId.length > 1000) throw',
    tests: rowSecurity,
  },
  {
    name: 'the place in the seal of a secret (AAD)',
    why: 'a sealed secret that was moved to another company would open',
    file: secretBox,
    find: 'JSON.stringify([keyId, companyId, table, column, recordId])',
    replace: 'JSON.stringify([keyId, [companyId, table, column, recordId].length])',
    tests: box,
  },
  {
    name: 'the length of the tag of a secret',
    why: 'a tag of four bytes, which can be guessed, would be taken',
    file: secretBox,
    find: 'const TAG = { authTagLength: 16 };',
    replace: 'const TAG = {};',
    tests: box,
  },
  {
    name: 'secrets go to the server that they were given for',
    why: 'a password would go to the server that a campaign names by now',
    file: 'libs/db/src/runSecrets.ts',
    find: 'case when same_server then c.sftp_password end',
    replace: 'c.sftp_password',
    tests: ['libs/db/src/runSecrets.integration.test.ts'],
  },
  {
    name: 'a row names a person of its own company',
    why: 'a company could hang its rows on the people of another',
    file: 'libs/db/migrations/1764000000012_own_person.sql',
    find: '  if has_others then',
    replace: '  if has_others and false then',
    tests: rowSecurity,
  },
  {
    name: 'a process starts with the right key only',
    why: 'secrets would be sealed with two keys, and some never open again',
    file: 'libs/db/src/proveSecretKey.ts',
    find: `if (!isProven(box, proofs)) throw wrongKey('the secret key', 'start with that key again');`,
    replace: '',
    tests: ['libs/db/src/runSecrets.integration.test.ts'],
  },
  {
    name: 'no secret is stored that was sealed with a replaced key',
    why: 'a process that outlived a rotation would store secrets that never open again',
    file: 'libs/db/migrations/1764000000073_rotation.sql',
    find: `where id = split_part(sealed, '.', 2))`,
    replace: `where id <> split_part(sealed, '.', 2))`,
    tests: ['libs/db/src/rotateSecretKey.integration.test.ts'],
  },
  {
    name: 'a rotation of the secret key waits for whoever writes a secret',
    why: 'a secret that is written at that moment would keep the old key, and never open again',
    file: 'libs/db/src/rotateSecretKey.ts',
    find: ' in exclusive mode',
    replace: ' in access share mode',
    tests: ['libs/db/src/rotateSecretKey.integration.test.ts'],
  },
  {
    name: 'no redirect is followed with a key',
    why: 'the key of Redash would go to wherever an answer points',
    file: 'libs/adapters/src/redash/sendRequest.ts',
    find: 'followRedirect: false,',
    replace: 'followRedirect: true,',
    tests: ['libs/adapters/src/redash/refusalOf.integration.test.ts'],
  },
  {
    name: 'no call to an address of the inside',
    why: 'a campaign could reach what only our own servers may',
    file: 'libs/adapters/src/addressGuard/allowsAddress.ts',
    find: `if (kind === 'public' && isUsualPort(target, allow)) return true;`,
    replace: 'if (isUsualPort(target, allow)) return true;',
    tests: ['libs/adapters/src/addressGuard/addressGuard.integration.test.ts'],
  },
];
