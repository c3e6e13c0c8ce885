import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { localFileStore } from '@muster/adapters/localFileStore';
import { type Database } from '@muster/core/database';
import { migrate } from '@muster/db/migrate';
import { openDatabase } from '@muster/db/openDatabase';
import { type ImportInput } from '@muster/directory/imports/importInput';
import { importRows } from '@muster/directory/imports/importRows';
import { insertCompany } from '@muster/testing/factories';
import { startPostgres } from '@muster/testing/startPostgres';

// How long a bulk load of a million contacts takes, and how much memory: `node --conditions=source --import tsx bench/importContacts.ts [rows]`.
// To reach, on 2 cores: 60 s, 250 MiB of the process that loads, no turn of its event loop longer than 100 ms.
// Built JavaScript, which is what workers run, took 40 s, 184 MiB and turns of 89 ms at most; tsx adds to all of them.

interface Work {
  url: string;
  directory: string;
  input: ImportInput;
}

const areas = [212, 213, 305, 312, 404, 415, 503, 512, 602, 617, 646, 702, 713, 718, 773, 818, 832, 916, 917, 972];

if (process.argv[2] === 'load') await load(JSON.parse(process.argv[3] ?? '') as Work);
else await measure(Number(process.argv[2] ?? 1_000_000));

async function measure(rows: number) {
  const directory = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  const postgres = await startPostgres({ settings: { shared_buffers: process.env['SHARED_BUFFERS'] ?? '256MB' } });
  try {
    await migrate(postgres.url);
    const companyId = await seed(postgres.url, Math.ceil(rows / 2.5));
    const file = await writeContacts(directory, `${companyId}/imports/body`, rows);
    const input = (importId: string): ImportInput => ({ companyId, importId, kind: 'contacts', format: 'csv', file });
    for (const importId of ['IM-FIRST-LOAD', 'IM-AGAIN-SAME']) {
      await loadInChild({ url: postgres.url, directory, input: input(importId) });
    }
  } finally {
    await postgres.stop();
    await rm(directory, { recursive: true });
  }
}

async function seed(url: string, people: number) {
  const db = await openDatabase({ url });
  const companyId = await insertCompany(db);
  await db.execute(
    `insert into person (company_id, external_id, first_name) select $1, 'person-' || n, 'Robin' from generate_series(1, $2::int) n`,
    [companyId, people],
  );
  await db.execute('analyze person');
  await db.close();
  return companyId;
}

async function writeContacts(directory: string, key: string, rows: number) {
  await mkdir(join(directory, key, '..'), { recursive: true });
  const out = createWriteStream(join(directory, key));
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const write = async (text: string) => {
    hash.update(text);
    sizeBytes += Buffer.byteLength(text);
    if (!out.write(text)) await once(out, 'drain');
  };
  await write(
    'externalId,personId,contactType,label,affiliation,status,name,value,address.addressLine1,address.city,valid,receiveTextMessages\r\n',
  );
  for (let row = 0; row < rows; row++) await write(contactLine(row));
  out.end();
  await once(out, 'close');
  return { key, sizeBytes, sha256: hash.digest('hex') };
}

function contactLine(row: number) {
  const person = Math.floor(row / 2.5) + 1;
  const head = `contact-${row},person-${person}`;
  if (row % 10 < 6) {
    const exchange = 200 + ((row * 7919) % 800);
    const phone = `+1${areas[(row * 31) % areas.length]}${exchange}${String((row * 104_729) % 10_000).padStart(4, '0')}`;
    return `${head},phone,home,self,primary,"Miller, Robin ${row}",${phone},,,true,${row % 3 === 0}\r\n`;
  }
  if (row % 10 < 9)
    return `${head},email,personal,self,secondary,Robin Miller,robin.miller.${row}@example.com,,,true,\r\n`;
  return `${head},address,home,self,primary,Robin Miller,,${row} Main Street,Springfield,,\r\n`;
}

async function loadInChild(work: Work) {
  const child = fork(import.meta.filename, ['load', JSON.stringify(work)], { execArgv: process.execArgv });
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`the load ended with ${code}`);
}

async function load({ url, directory, input }: Work) {
  const db = await openDatabase({ url });
  const peakBeforeMiB = await peakMiB();
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  const phases: string[] = [];
  let serverCpuSeconds = 0;
  const result = await importRows({ db: db.forCompany(input.companyId), store: localFileStore({ directory }) }, input, {
    signal: new AbortController().signal,
    record: async (tx) => {
      serverCpuSeconds = await backendSeconds(tx);
    },
    onProgress: ({ phase }) => {
      if (!phases.some((seen) => seen.startsWith(phase))) phases.push(`${phase} from ${secondsSince(startedAt)} s`);
    },
  });
  const { refusedFile: _, ...counts } = result;
  const cpu = process.cpuUsage(before);
  console.log({
    ...counts,
    fileMB: Math.round(input.file.sizeBytes / 1e6),
    seconds: secondsSince(startedAt),
    phases,
    nodeCpuSeconds: Number(((cpu.user + cpu.system) / 1e6).toFixed(1)),
    serverCpuSeconds,
    peakBeforeMiB,
    peakMiB: await peakMiB(),
    longestTurnMs: Math.round(delays.max / 1e6),
  });
  await db.close();
}

function secondsSince(startedAt: number) {
  return Number(((performance.now() - startedAt) / 1_000).toFixed(1));
}

/** The CPU that the server's process behind our transaction has used. */
async function backendSeconds(tx: Database) {
  const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
  const stat = await readFile(`/proc/${row?.pid}/stat`, 'utf8').catch(() => '');
  const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(user) + Number(system)) / 100;
}

async function peakMiB() {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS) / 1024);
}
