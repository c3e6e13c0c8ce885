import { checkWindows } from '@muster/core/checkWindows';
import { type Database } from '@muster/core/database';
import { InvalidInput, NotFound } from '@muster/core/errors';
import { instant, oneOf, pattern, type Refusal, text } from '@muster/core/fields';
import { type Role, roleMeanings, roles } from '@muster/core/roles';
import { valid } from '@muster/core/valid';
import { createApiKey, revokeApiKey } from '@muster/db/apiKeys';
import { insertCompany, requiresScreening } from '@muster/db/companies';
import { migrate } from '@muster/db/migrate';
import { migrateQueue } from '@muster/queue/migrateQueue';
import { type Command } from './parseCommand.ts';

export interface CliDeps {
  databaseUrl: string;
  /** The queue is on Redis, and nothing of it in the database. */
  hasRedis: boolean;
  withDatabase<Result>(use: (db: Database) => Promise<Result>): Promise<Result>;
}

class CompanyOptions {
  @text({ min: 1, max: 200 }) name!: string;
  @text({ min: 1, max: 100 }) 'time-zone'!: string;
}

class KeyOptions {
  @pattern(/^CP-[A-Z0-9]+-[A-Z0-9]+$/, { message: 'must be the id of a company: CP-…' }) company!: string;
  @oneOf(roles) role!: Role;
  @text({ optional: true, max: 200 }) name?: string;
  @instant({ optional: true, rule: refusePast }) 'expires-at'?: string;
}

/** What an operator can do from a terminal. */
export function adminCommands(deps: CliDeps): Command[] {
  return [companyCreate(deps), keyCreate(deps), keyRevoke(deps), migrateAll(deps)];
}

function companyCreate({ withDatabase }: CliDeps): Command {
  return {
    name: 'company create',
    description: 'makes a company',
    options: {
      name: { description: 'what people call it', required: true },
      'time-zone': { description: 'its IANA time zone, such as America/New_York', required: true },
    },
    run: async (values) => {
      const { name, 'time-zone': timeZone } = await valid(CompanyOptions, values);
      requireTimeZone(timeZone);
      return { companyId: await withDatabase((db) => insertCompany(db, { name, timeZone })), name, timeZone };
    },
  };
}

function keyCreate({ withDatabase }: CliDeps): Command {
  return {
    name: 'key create',
    description: 'makes an API key of a company; it is shown this once',
    options: {
      company: { description: 'the id of the company', required: true },
      role: { description: roles.map((role) => `${role}: ${roleMeanings[role]}`).join('; '), required: true },
      name: { description: 'what the key is for' },
      'expires-at': { description: 'when it ends, such as 2030-01-01T00:00:00Z' },
    },
    run: async (values) => {
      const { company: companyId, role, name, 'expires-at': end } = await valid(KeyOptions, values);
      const expiresAt = end === undefined ? null : new Date(end);
      return withDatabase(async (db) => {
        await requiresScreening(db, companyId); // throws for a company that is not there
        const { id, key } = await createApiKey(db, { companyId, role, expiresAt, ...(name !== undefined && { name }) });
        return { keyId: id, apiKey: key, companyId, role, expiresAt };
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

function migrateAll({ databaseUrl, hasRedis }: CliDeps): Command {
  return {
    name: 'migrate',
    description: 'brings the database up to date, and the queue where it is in the database',
    options: {},
    run: async () => {
      const applied = await migrate(databaseUrl);
      if (!hasRedis) await migrateQueue(databaseUrl);
      return { applied, queue: hasRedis ? 'on Redis' : 'in the database' };
    },
  };
}

const NO_ZONE = 'must be the IANA name of a time zone, such as America/New_York';
const defaultWindows = { dispatchWindow: { from: '05:00', to: '08:00' }, catchUpUntil: '12:00' };

function refusePast(moment: string): Refusal | undefined {
  if (Date.parse(moment) > Date.now()) return undefined;
  return { code: 'isFuture', message: 'must lie in the future: a key that has ended opens nothing' };
}

function requireTimeZone(timeZone: string) {
  const faults = checkWindows({ timeZone, ...defaultWindows });
  if (faults.length > 0)
    throw new InvalidInput(faults.map(({ code }) => ({ field: 'time-zone', code, message: NO_ZONE })));
}
