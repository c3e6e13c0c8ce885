import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@muster/testing/findProgram';
import { installPackage } from '@muster/testing/installPackage';
import { type Servers } from '../servers.ts';
import { scriptSql } from './scriptSql.ts';

const run = promisify(execFile);

// What somebody would write by hand. Redash is asked to execute the query, as ours does; here the result is there at the first look.
const SCRIPT = `
set -euo pipefail
ask() { curl --silent --show-error --fail --header "Authorization: Key key-of-a-user" "$REDASH/api/queries/$QUERY/$@"; }
job=$(ask results --data '{"max_age": 0}' | sed -E 's/.*"id": "([^"]+)".*/\\1/')
until result=$(ask "jobs/$job" | grep -oE '"query_result_id": [0-9]+' | grep -oE '[0-9]+'); do sleep 0.1; done
ask "results/$result.csv" --output ids.csv
psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --file join.sql "$DATABASE_URL"
sftp -q -b - -P "$SFTP_PORT" -i "$SFTP_KEY" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "$SFTP_USER@$SFTP_HOST" >sftp.log 2>&1 <<END
put contacts.csv $NAME.part
rename $NAME.part $NAME
END
`;

/** The script that a run is held against, ready to be run. */
export interface Script {
  /** Does all of it: ids, join, file on the SFTP server under this name. */
  run(remoteName: string): Promise<void>;
  remove(): Promise<void>;
}

interface ScriptOptions {
  servers: Servers;
  databaseUrl: string;
  companyId: string;
  queryId: number;
}

/** Writes the script. Throws, with what to install, where one of its programs is missing. */
export async function writeScript({ servers, databaseUrl, companyId, queryId }: ScriptOptions): Promise<Script> {
  await needPrograms();
  const directory = await mkdtemp(join(tmpdir(), 'muster-script-'));
  await writeFile(
    join(directory, 'join.sql'),
    scriptSql({ companyId, idsFile: 'ids.csv', contactsFile: 'contacts.csv' }),
  );
  const { redash, sshd } = servers;
  const env = {
    ...{ PATH: process.env['PATH'], HOME: directory, DATABASE_URL: databaseUrl },
    ...{ REDASH: redash.url, QUERY: String(queryId) },
    ...{ SFTP_HOST: sshd.host, SFTP_PORT: String(sshd.port), SFTP_USER: sshd.username, SFTP_KEY: sshd.privateKeyFile },
  };
  return {
    run: async (remoteName) => {
      await run('bash', ['-c', SCRIPT], { cwd: directory, env: { ...env, NAME: remoteName } });
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function needPrograms() {
  await Promise.all([findProgram('psql'), findProgram('sftp')]);
  for (const program of ['curl', 'bash']) {
    if (await mayRun(program)) continue;
    const refusal = await installPackage(program);
    if (await mayRun(program)) continue;
    const reason = refusal ?? `the package ${program} did not bring it`;
    throw new Error(
      `there is no ${program} here, which the script that runs are held against needs, and ${reason}: install ${program}`,
    );
  }
}

function mayRun(program: string) {
  return run(program, ['--version']).then(
    () => true,
    () => false,
  );
}
