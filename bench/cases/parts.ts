import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@muster/testing/findProgram';
import { type Bench, type Case } from '../bench.ts';
import { addCampaigns } from '../campaigns.ts';
import { type Figure, withUnit } from '../figure.ts';
import { type House, inHouse } from '../house.ts';
import { spreadKeys } from '../makeBorrowers.ts';
import { inTurns, median, ratioOf, secondsOf } from '../rounds.ts';
import { type Servers } from '../servers.ts';
import { timedRun } from '../timedRun.ts';

const run = promisify(execFile);
const NAME = 'parts';
const WANTED = 0.5;
const DELIVERED = 'delivered.csv';

/** What share two steps reach of what bounds them: `upload` of OpenSSH's own client, `export` of a bare COPY of the same rows. */
export const parts: Case = { name: NAME, isQuick: false, measure };

async function measure(bench: Bench): Promise<Figure[]> {
  const { sizes, servers } = bench;
  const { database, ...company } = await bench.borrowers();
  const queryId = servers.redash.keep(spreadKeys(sizes.run, sizes.people));
  const directory = await mkdtemp(join(tmpdir(), 'muster-parts-'));
  try {
    const samples = await inHouse(bench, { name: NAME, database }, async (house) => {
      const [campaign] = await addCampaigns(house, company, [queryId]);
      const { remoteName } = await timedRun(house, campaign);
      await copyFile(join(servers.sshd.directory, remoteName), join(directory, DELIVERED));
      const limits = await limitsOf(house, directory);
      const exports: number[] = [];
      const upload = async () => {
        const { steps } = await timedRun(house, campaign);
        exports.push(steps['export'] ?? NaN);
        return steps['upload'] ?? NaN;
      };
      const taken = await inTurns({ upload, ...limits }, { ...sizes, warmUps: 0 }); // the first run was one
      return { ...taken, export: exports };
    });
    const share = (step: 'upload' | 'export', limit: 'sftp' | 'copy', what: string): Figure => ({
      ...{ case: NAME, what, ours: withUnit(median(samples[step]), 's'), peer: withUnit(median(samples[limit]), 's') },
      ...{ value: ratioOf(samples[limit], samples[step]), unit: 'x', wanted: { atLeast: WANTED } },
      samples: { [step]: samples[step], [limit]: samples[limit] },
    });
    return [
      share('upload', 'sftp', "upload: share of the speed of OpenSSH's sftp"),
      share('export', 'copy', 'export: share of the speed of a bare COPY'),
    ];
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The same bytes by `sftp put`; the same rows by `COPY … TO STDOUT` of a table that holds nothing else. */
async function limitsOf({ db, databaseUrl, bench }: House, directory: string) {
  const [psql, sftp] = await Promise.all([findProgram('psql'), findProgram('sftp')]);
  const file = join(directory, DELIVERED);
  const ask = (sql: string) => run(psql, ['-qXc', sql, databaseUrl]);
  await db.execute('drop table if exists script.delivered');
  await db.execute('create table script.delivered (key text, phone text, first text, last text)');
  await ask(`\\copy script.delivered from '${file}' (format csv, header)`);
  await db.execute('vacuum analyze script.delivered');
  return {
    sftp: () => secondsOf(() => put({ sftp, file, ...bench.servers })),
    copy: () => secondsOf(() => ask(`\\copy script.delivered to '${join(directory, 'copied.csv')}' (format csv)`)),
  };
}

/** Puts a file under a name of its own, with OpenSSH's client. */
async function put({ sftp, file, sshd }: { sftp: string; file: string } & Pick<Servers, 'sshd'>) {
  const trust = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
  const args = ['-q', '-b', '-', '-P', String(sshd.port), '-i', sshd.privateKeyFile, ...trust];
  const child = run(sftp, [...args, `${sshd.username}@${sshd.host}`]);
  child.child.stdin?.end(`put ${file} limit.csv\nrm limit.csv\n`);
  await child;
}
