import { appendFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** The variable that names the directory of the tokens: whoever comes to a point whose token lies there takes it and dies. */
export const TOKENS = 'CRASH_TOKENS';
const DIED = 'died.log';

/** Has the next worker that comes to this point die there. */
export function armCrash(directory: string, point: CrashPoint): void {
  writeFileSync(join(directory, point), '');
}

/** Takes a token back; false: somebody has died of it. */
export function disarmCrash(directory: string, point: CrashPoint): boolean {
  return taken(directory, point);
}

/** Dies here, as by SIGKILL, if the token of the point is there: one worker only, and at once. */
export function dieAt(point: CrashPoint): void {
  const directory = process.env[TOKENS];
  if (directory === undefined || !taken(directory, point)) return;
  appendFileSync(join(directory, DIED), `${point} ${process.pid}\n`);
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); // not a step further until it has come
}

function taken(directory: string, point: CrashPoint) {
  try {
    unlinkSync(join(directory, point));
    return true;
  } catch {
    return false;
  }
}
