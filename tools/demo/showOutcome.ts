import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Api } from './callApi.ts';
import { type DemoHome } from './demoHome.ts';
import { type DemoRun } from './demoRun.ts';
import { funnelLines } from './funnelLines.ts';

interface Showing {
  api: Api;
  home: DemoHome;
  say: (line: string) => void;
  /** Of the run, below `/api`. */
  path: string;
}

const FIRST_LINES = 6;
const CONTACTS = 'contacts_output.csv';

/** Shows what became of a run. True: it succeeded, and the SFTP server has the very bytes that the API serves. */
export async function showOutcome(run: DemoRun, { api, home, say, path }: Showing): Promise<boolean> {
  if (run.status !== 'succeeded') {
    const { step = '', code = '', message = '' } = run.error ?? {};
    say(`\nThe run ${run.status}${step && ` at ${step}`}${code && ` (${code})`}: ${message}`);
    return false;
  }
  say('\nThe run succeeded. What became of its rows:');
  for (const line of funnelLines(run.counts)) say(`  ${line}`);

  const served = await api.download(`${path}/files?file=${CONTACTS}`);
  say('\nThe first lines of the file:');
  for (const line of served.toString('utf8').split('\r\n', FIRST_LINES)) say(`  ${line}`);
  return isDelivered(served, { run, home, say });
}

async function isDelivered(served: Buffer, { run, home, say }: { run: DemoRun } & Pick<Showing, 'home' | 'say'>) {
  const name = run.deliveries.find(({ file, state }) => file === CONTACTS && state === 'delivered')?.remoteName;
  const delivered = name && (await readFile(join(home.sftp, name)).catch(() => undefined));
  if (!delivered) say(`\n${CONTACTS} is not on the SFTP server: the log of the worker may say why.`);
  else if (!delivered.equals(served)) say(`\n${name} on the SFTP server differs from what the API serves.`);
  else return true;
  return false;
}
