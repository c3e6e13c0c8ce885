import { settleRestore } from '@muster/db/settleRestore';
import { type CliDeps } from './cliDeps.ts';
import { type Command } from './parseCommand.ts';

/** What an operator does once the database was brought back from a backup. */
export function databaseCommands({ withDatabase }: CliDeps): Command[] {
  return [
    {
      name: 'database restored',
      description:
        'after PostgreSQL was brought back from a backup, before any process is started: no id is given out again, runs that were ' +
        'under way fail, and slots since are recorded as missed, each with an alert; nothing is sent. ' +
        'docs/operations.md has all steps',
      options: {},
      run: () => withDatabase(settleRestore),
    },
  ];
}
