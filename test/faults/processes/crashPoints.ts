import { appendFileSync, existsSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type StepName } from '@muster/pipeline/run';

/** Where a worker can die in a run, in the order of the run. */
export const crashPoints = {
  P1: 'after the claim of a step',
  P2: "after Redash's job has begun, before its id is known",
  P3: 'while asking Redash for its job',
  P4: 'half-way through the rows of the result',
  P5: 'with the result stored, before its checkpoint',
  P6: 'half-way through the matching',
  P7: 'with the contacts screened and reserved, before their files',
  P8: 'half-way through the contacts file',
  P9: 'with the contacts file closed, before its checkpoint',
  P10: 'with the SFTP server connected',
  P11: 'half-way through the upload',
  P12: 'with the file uploaded, before its size is looked at',
  P13: 'with the size seen, before the rename is committed',
  P13b: 'with the rename committed, before it is sent',
  P14: 'with the file renamed, before that is committed',
  P15: 'with a checkpoint committed, before the next ring',
} as const;
export type CrashPoint = keyof typeof crashPoints;
export const crashPointNames = Object.keys(crashPoints) as CrashPoint[];

/** Where the API can die while it accepts a run. */
export const apiPoints = {
  R1: 'with the run inserted, before the commit',
  R2: 'with the run committed, before the answer and the ring',
  R3: 'with the run answered, before the ring',
} as const;
export type ApiPoint = keyof typeof apiPoints;

/** A point; the claim of a step and its checkpoint are also told apart by the step. */
export type CrashPlace = CrashPoint | `${'P1' | 'P15'}-${StepName}`;
type Place = CrashPlace | ApiPoint;

/** What becomes of a process at a point; all but `stops` and `blocks` end it. */
export type Manner = 'dies' | 'stops' | 'blocks' | 'throws' | 'rejects';

/** The variable that names the directory of the tokens: whoever comes to a point whose token lies there takes it and dies. */
export const TOKENS = 'CRASH_TOKENS';
const DIED = 'died.log';
const HELD = 'held.log';
const STOPPED_WITHIN_MS = 100;
const BLOCKED_LEASES = 3; // so long that another worker has surely taken its step
const HOARD_ITEMS = 1_000_000;

/** Has the next process that comes to this place die there, or whatever else. */
export function armCrash(directory: string, place: Place, manner: Manner = 'dies'): void {
  writeFileSync(join(directory, `${place}.new`), manner);
  renameSync(join(directory, `${place}.new`), join(directory, place));
}

/** Takes a token back; false: somebody has died of it. */
export function disarmCrash(directory: string, place: Place): boolean {
  return taken(directory, place) !== undefined;
}

/** What a poisoned run does to whoever works on it: fill its memory until it dies, or block its event loop for good. */
export type Poison = 'overflows' | 'hangs';

/** Has every worker that claims a step of this run come to harm. */
export function armPoison(directory: string, runId: string, poison: Poison = 'overflows'): void {
  writeFileSync(join(directory, poisonOf(runId)), poison);
}

/** Whether somebody is to die here: a point that lies half-way through something has to stop there first. */
export function isArmed(place: Place): boolean {
  const directory = process.env[TOKENS];
  return directory !== undefined && existsSync(join(directory, place));
}

/** Dies here, as by SIGKILL, or does what else the token says, if that of the place is there: one process only, and at once. */
export function dieAt(place: Place): void {
  const directory = process.env[TOKENS];
  const manner = directory === undefined ? undefined : taken(directory, place);
  if (directory === undefined || manner === undefined) return;
  const log = manner === 'stops' || manner === 'blocks' ? HELD : DIED;
  appendFileSync(join(directory, log), `${place} ${process.pid} ${manner}\n`);
  ends[manner]();
}

/** Dies here of a memory that is full, or hangs for good, if the run is poisoned. */
export function dieOfPoison(runId: string): void {
  const directory = process.env[TOKENS];
  if (directory === undefined || !existsSync(join(directory, poisonOf(runId)))) return;
  if ((readFileSync(join(directory, poisonOf(runId)), 'utf8') as Poison) === 'hangs') {
    appendFileSync(join(directory, HELD), `poison ${process.pid} hangs\n`);
    doNothing(Infinity);
  }
  appendFileSync(join(directory, DIED), `poison ${process.pid} overflows\n`);
  const hoard: number[][] = [];
  for (;;) hoard.push(Array.from({ length: HOARD_ITEMS }, Math.random));
}

const ends: Record<Manner, () => void> = {
  dies: () => {
    process.kill(process.pid, 'SIGKILL');
    doNothing(Infinity); // not a step further until it has come
  },
  stops: () => {
    process.kill(process.pid, 'SIGSTOP');
    doNothing(STOPPED_WITHIN_MS);
  },
  blocks: () => doNothing(BLOCKED_LEASES * Number(process.env['LEASE_MS'])),
  throws: () => {
    setImmediate(() => {
      throw new Error('a fault on purpose, in a callback');
    });
  },
  rejects: () => void Promise.reject(new Error('a fault on purpose, in a promise that nobody awaits')),
};

function doNothing(forMs: number) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs);
}

const poisonOf = (runId: string) => `poison-${runId}`;

function taken(directory: string, place: Place): Manner | undefined {
  try {
    const manner = readFileSync(join(directory, place), 'utf8');
    unlinkSync(join(directory, place));
    return manner as Manner;
  } catch {
    return undefined;
  }
}
