import { InvalidInput, MusterError } from '@muster/core/errors';
import { translateDatabaseError } from '@muster/db/databaseErrors';
import { openDatabase } from '@muster/db/openDatabase';
import { adminCommands } from './commands.ts';
import { describeCommands, Misused, parseCommand } from './parseCommand.ts';

export interface Terminal {
  out(line: string): void;
  err(line: string): void;
}

/** Carries out what was typed; gives the exit code: 0 done, 1 failed, 2 mistyped. Results are JSON, one object. */
export async function runAdmin(
  typed: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  terminal: Terminal,
): Promise<number> {
  const databaseUrl = environment['DATABASE_URL'] ?? '';
  const commands = adminCommands({
    databaseUrl,
    environment,
    hasRedis: Boolean(environment['REDIS_URL']),
    withDatabase: withDatabase(databaseUrl),
  });
  try {
    const parsed = parseCommand(commands, typed);
    if (parsed === 'help') {
      terminal.out(describeCommands(commands));
      return 0;
    }
    if (databaseUrl === '') throw new Misused('DATABASE_URL is not set: postgres://user:password@host:5432/muster');
    terminal.out(JSON.stringify(await parsed.command.run(parsed.values), null, 2));
    return 0;
  } catch (error) {
    return explain(translateDatabaseError(error), terminal);
  }
}

function explain(error: unknown, { err }: Terminal): number {
  if (error instanceof Misused) {
    err(error.message);
    err('See: npm run admin -- --help');
    return 2;
  }
  if (error instanceof InvalidInput) {
    for (const { field, message } of error.faults) err(`--${field} ${message}`);
    return 2;
  }
  err(error instanceof MusterError ? error.message : `failed: ${(error as Error).message}`);
  return 1;
}

function withDatabase(url: string) {
  return async <Result>(use: (db: Awaited<ReturnType<typeof openDatabase>>) => Promise<Result>): Promise<Result> => {
    const db = await openDatabase({ url, poolSize: 1, applicationName: 'muster-admin' });
    try {
      return await use(db);
    } finally {
      await db.close();
    }
  };
}
