import { chown, mkdir, mkdtemp, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isReachable } from './isReachable.ts';
import type { Owner } from './postgresBinaries.ts';

const NOBODY = 65534; // PostgreSQL refuses to run as root; this one owns nothing and need not be made
const ROOM_BYTES = 2 ** 30;
const MEMORY = '/dev/shm';

/** Where a server keeps its things, and as whom it runs; `temporary` is what to remove when it stops. */
export interface PostgresDirectory {
  owner: Owner | undefined;
  data: string;
  logFile: string;
  socketDirectory: string;
  temporary: string[];
}

/** A directory in memory if there is room, else on the disk: it vanishes with the server. */
export async function temporaryDirectory(): Promise<PostgresDirectory> {
  const owner = unprivileged();
  const made = await ownDirectory((await hasRoomInMemory()) ? MEMORY : tmpdir(), owner);
  return {
    owner,
    data: join(made, 'data'),
    logFile: join(made, 'server.log'),
    socketDirectory: made,
    temporary: [made],
  };
}

/** A directory that keeps its data; the socket is elsewhere, because the path of a socket must be short. */
export async function keptDirectory(directory: string): Promise<PostgresDirectory> {
  await mkdir(directory, { recursive: true });
  const owner = await ownerOf(directory);
  const home = await homeOf(directory, owner);
  if (owner) await chown(home, owner.uid, owner.gid);
  const logFile = join(home, 'server.log');
  await rm(logFile, { force: true });
  const socketDirectory = await ownDirectory(tmpdir(), owner);
  return { owner, data: join(home, 'data'), logFile, socketDirectory, temporary: [socketDirectory] };
}

/** Removes what startPostgres kept in `directory`; its server must have stopped. */
export async function removePostgresDirectory(directory: string): Promise<void> {
  const elsewhere = await readElsewhere(directory);
  for (const path of [elsewhere, directory]) if (path) await rm(path, { recursive: true, force: true });
}

/** Whether shared memory has room for a database: containers often get 64 MB of it. */
export async function hasRoomInMemory(): Promise<boolean> {
  const room = await statfs(MEMORY).catch(() => undefined);
  return room !== undefined && room.bavail * room.bsize >= ROOM_BYTES;
}

function unprivileged() {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
}

// Root goes on with the data of the ordinary user who made them, so that he can use them again.
async function ownerOf(directory: string) {
  const nobody = unprivileged();
  const { uid, gid } = await stat(join(directory, 'data')).catch(() => ({ uid: 0, gid: 0 }));
  return nobody && uid !== 0 ? { uid, gid } : nobody;
}

// Nobody cannot enter a checkout below /root: there the data live in the temporary directory, and a note says where.
async function homeOf(directory: string, owner: Owner | undefined) {
  if (owner?.uid !== NOBODY || (await isReachable(directory))) return directory;
  const known = await readElsewhere(directory);
  if (known) return known;
  const made = await ownDirectory(tmpdir(), owner);
  await writeFile(join(directory, 'elsewhere'), made);
  return made;
}

async function readElsewhere(directory: string) {
  const noted = await readFile(join(directory, 'elsewhere'), 'utf8').catch(() => undefined);
  const found = noted === undefined ? undefined : await stat(noted).catch(() => undefined);
  return found ? noted : undefined;
}

async function ownDirectory(parent: string, owner: Owner | undefined) {
  const made = await mkdtemp(join(parent, 'muster-pg-'));
  if (owner) await chown(made, owner.uid, owner.gid);
  return made;
}
