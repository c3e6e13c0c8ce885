import { randomBytes } from 'node:crypto';
import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newKeyPair } from '@muster/testing/newKeyPair';
import { removePostgresDirectory } from '@muster/testing/postgresDirectory';
import { waitForPredecessor } from '@muster/testing/waitForPredecessor';

/** What stays the same from start to start. */
export interface Kept {
  secretKey: string;
  redashApiKey: string;
  sftpPassword: string;
  sftpHostKey: string;
  /** Signs what the gateways of texts are sent. */
  gatewaySecret: string;
  ports: { api: number; redash: number; sftp: number; gateways: number };
  companyId?: string | undefined;
  apiKey?: string | undefined;
  smsApiKey?: string | undefined;
  carrierApiKey?: string | undefined;
}

/** The directory of the demo: what is where, and what it remembers. */
export interface DemoHome {
  directory: string;
  postgres: string;
  files: string;
  sftp: string;
  logs: string;
  demoJson: string;
  kept: Kept;
  /** Remembers more; what is undefined is forgotten. */
  keep(more: Partial<Kept>): void;
}

const WISHED_PORTS = { api: 3000, redash: 5000, sftp: 2222, gateways: 5100 };

/** Opens the demo's directory, made new where it is missing or `fresh` is asked for. Another demo must not be using it. */
export async function openDemoHome(directory: string, { fresh }: { fresh: boolean }): Promise<DemoHome> {
  const postgres = join(directory, 'postgres');
  await mkdir(directory, { recursive: true });
  await waitForPredecessor(join(postgres, 'data')); // of a demo that was killed a moment ago
  if (fresh) await clear(directory, postgres);
  const places = { files: join(directory, 'files'), sftp: join(directory, 'sftp'), logs: join(directory, 'logs') };
  for (const place of Object.values(places)) await mkdir(place, { recursive: true, mode: 0o700 });

  const demoJson = join(directory, 'demo.json');
  await rm(demoJson, { force: true }); // whoever waits for it must not find that of the last start
  const note = join(directory, 'kept.json');
  const kept = (await readKept(note)) ?? newKept();
  const keep = (more: Partial<Kept>) => {
    Object.assign(kept, more);
    writePrivately(note, kept);
  };
  keep({});
  return { directory, postgres, ...places, demoJson, kept, keep };
}

/** Writes JSON that only we may read: whole or not at all. In one go, since two parts of a start may write at the same moment. */
export function writePrivately(file: string, content: object): void {
  const part = `${file}.part`;
  writeFileSync(part, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  chmodSync(part, 0o600); // one that an interrupted start has left keeps the mode it had
  renameSync(part, file);
}

// What is in the directory otherwise stays: it is ours only as far as we have made it.
async function clear(directory: string, postgres: string) {
  await removePostgresDirectory(postgres);
  for (const name of ['files', 'sftp', 'logs', 'kept.json', 'demo.json']) {
    await rm(join(directory, name), { recursive: true, force: true });
  }
}

async function readKept(note: string): Promise<Kept | undefined> {
  const text = await readFile(note, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const kept = JSON.parse(text) as Kept; // of an older version, maybe, which knew of no gateways
  return { ...newKept(), ...kept, ports: { ...WISHED_PORTS, ...kept.ports } };
}

function newKept(): Kept {
  return {
    secretKey: randomBytes(32).toString('base64'),
    redashApiKey: randomBytes(20).toString('hex'), // forty characters, as Redash's own
    sftpPassword: randomBytes(12).toString('base64url'),
    sftpHostKey: newKeyPair().private,
    gatewaySecret: `whsec_${randomBytes(24).toString('base64')}`,
    ports: WISHED_PORTS,
  };
}
