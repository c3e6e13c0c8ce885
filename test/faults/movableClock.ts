import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installPackage } from '@muster/testing/installPackage';

/** A clock of their own for processes that are started with its `env`; their timers run on as they should. */
export interface MovableClock {
  env: Record<string, string>;
  /** Has it, from now on, be so many hours ahead (or behind, below zero). */
  move(hours: number): Promise<void>;
}

const LIBRARIES = '/usr/lib';
const LIBRARY = 'libfaketime.so.1';

/** Makes clocks of libfaketime, each with a file that says how it stands; undefined, with a line that says so, where it is not to be had. */
export async function clockMaker(): Promise<((file: string) => Promise<MovableClock>) | undefined> {
  const refusal = (await findLibrary()) ? undefined : await installPackage('faketime');
  const library = await findLibrary();
  if (library) return (file) => makeClock(library, file);
  process.stderr.write(
    `D4 is not tested: there is no libfaketime here (Debian: faketime); ${refusal ?? 'not found'}\n`,
  );
  return undefined;
}

async function makeClock(library: string, file: string): Promise<MovableClock> {
  const move = (hours: number) => writeFile(file, `${hours < 0 ? '' : '+'}${hours}h`);
  await move(0);
  const fresh = { FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  return { env: { LD_PRELOAD: library, ...fresh }, move };
}

async function findLibrary() {
  const architectures = await namesIn(LIBRARIES);
  for (const place of [...architectures, '.'].map((name) => join(LIBRARIES, name, 'faketime'))) {
    if ((await namesIn(place)).includes(LIBRARY)) return join(place, LIBRARY);
  }
  return undefined;
}

const namesIn = (directory: string) => readdir(directory).catch((): string[] => []);
