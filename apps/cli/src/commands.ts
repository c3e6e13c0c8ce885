import { checkWindows } from '@muster/core/checkWindows';
import { InvalidInput } from '@muster/core/errors';
import { text } from '@muster/core/fields';
import { valid } from '@muster/core/valid';
import { insertCompany } from '@muster/db/companies';
import { migrate } from '@muster/db/migrate';
import { migrateQueue } from '@muster/queue/migrateQueue';
import { channelCommands } from './channelCommands.ts';
import { type CliDeps } from './cliDeps.ts';
import { databaseCommands } from './databaseCommands.ts';
import { keyCommands } from './keyCommands.ts';
import { type Command } from './parseCommand.ts';
import { secretKeyCommands } from './secretKeyCommands.ts';

class CompanyOptions {
  @text({ min: 1, max: 200 }) name!: string;
  @text({ min: 1, max: 100 }) 'time-zone'!: string;
}

/** What an operator can do from a terminal. */
export function adminCommands(deps: CliDeps): Command[] {
  return [
    companyCreate(deps),
    ...keyCommands(deps),
    ...channelCommands(deps),
    ...secretKeyCommands(deps),
    migrateAll(deps),
    ...databaseCommands(deps),
  ];
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

function requireTimeZone(timeZone: string) {
  const faults = checkWindows({ timeZone, ...defaultWindows });
  if (faults.length > 0)
    throw new InvalidInput(faults.map(({ code }) => ({ field: 'time-zone', code, message: NO_ZONE })));
}
