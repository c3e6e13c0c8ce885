import { type Fault, InvalidInput, NotFound } from '@muster/core/errors';
import { instant, oneOf, type Refusal, text } from '@muster/core/fields';
import { nearest } from '@muster/core/nearest';
import { type Role, roleMeanings, roles, type Scope, scopes, scopesOf } from '@muster/core/roles';
import { valid } from '@muster/core/valid';
import { createApiKey, listApiKeys, revokeApiKey } from '@muster/db/apiKeys';
import { type CliDeps } from './cliDeps.ts';
import { companyId, requireCompany } from './namedCompany.ts';
import { type Command } from './parseCommand.ts';

const COMPANY = { description: 'the id of the company', required: true };

class NewKey {
  @companyId() company!: string;
  @oneOf(roles) role!: Role;
  @text({ optional: true, max: 2000 }) scopes?: string;
  @text({ optional: true, max: 200 }) name?: string;
  @instant({ optional: true, rule: refusePast }) 'expires-at'?: string;
}

class KeysOf {
  @companyId() company!: string;
}

/** What an operator does with API keys. To rotate one: make its successor, hand it over, revoke the old one. */
export function keyCommands(deps: CliDeps): Command[] {
  return [keyCreate(deps), keyList(deps), keyRevoke(deps)];
}

function keyCreate({ withDatabase }: CliDeps): Command {
  return {
    name: 'key create',
    description: 'makes an API key of a company, beside those that it has; it is shown this once',
    options: {
      company: COMPANY,
      role: { description: roles.map((role) => `${role}: ${roleMeanings[role]}`).join('; '), required: true },
      scopes: { description: `narrows the role to some of: ${scopes.join(',')}` },
      name: { description: 'what the key is for' },
      'expires-at': { description: 'when it ends, such as 2030-01-01T00:00:00Z' },
    },
    run: async (values) => {
      const { company, role, name, scopes: list, 'expires-at': end } = await valid(NewKey, values);
      const expiresAt = end === undefined ? null : new Date(end);
      const narrowed = list === undefined ? null : readScopes(list, role);
      return withDatabase(async (db) => {
        await requireCompany(db, company);
        const key = { companyId: company, role, scopes: narrowed, expiresAt, ...(name !== undefined && { name }) };
        const { id, key: apiKey } = await createApiKey(db, key);
        return { keyId: id, apiKey, companyId: company, role, scopes: narrowed ?? scopesOf(role), expiresAt };
      });
    },
  };
}

function keyList({ withDatabase }: CliDeps): Command {
  return {
    name: 'key list',
    description: 'lists the API keys of a company, with what they may do and when they were last used',
    options: { company: COMPANY },
    run: async (values) => {
      const { company } = await valid(KeysOf, values);
      return withDatabase(async (db) => {
        await requireCompany(db, company);
        const keys = await listApiKeys(db, company);
        return { companyId: company, keys: keys.map((key) => ({ ...key, scopes: scopesOf(key.role, key.scopes) })) };
      });
    },
  };
}

function keyRevoke({ withDatabase }: CliDeps): Command {
  return {
    name: 'key revoke',
    description: 'ends an API key for good, within seconds',
    options: { id: { description: 'the id of the key: the part between mk_ and the next _', required: true } },
    run: async ({ id = '' }) => {
      const keyId = /^mk_([0-9A-Za-z]+)_/.exec(id)?.[1] ?? id; // whoever has the whole key may give it
      if (!(await withDatabase((db) => revokeApiKey(db, keyId))))
        throw new NotFound('keyNotFound', 'there is no such key');
      return { keyId, revoked: true };
    },
  };
}

/** Reads `campaigns:read,runs:read`. Throws InvalidInput naming every word that is no scope, or none of the role's. */
function readScopes(list: string, role: Role): Scope[] {
  const words = [...new Set(list.split(',').map((word) => word.trim()))];
  const faults = words.flatMap((word): Fault[] => {
    if (scopesOf(role).includes(word as Scope)) return [];
    return [{ field: 'scopes', code: 'isScope', message: whyNot(word, role) }];
  });
  if (faults.length > 0) throw new InvalidInput(faults);
  return words as Scope[];
}

function whyNot(word: string, role: Role) {
  const own = scopesOf(role).join(',');
  if ((scopes as readonly string[]).includes(word))
    return `names ${word}, which the role ${role} does not have: leave it out, or take another --role. It has ${own}`;
  const meant = nearest(word, scopes);
  return `names "${word}", which is no scope; ${meant === undefined ? `write some of ${own}` : `did you mean ${meant}?`}`;
}

function refusePast(moment: string): Refusal | undefined {
  if (Date.parse(moment) > Date.now()) return undefined;
  return { code: 'isFuture', message: 'must lie in the future: a key that has ended opens nothing' };
}
