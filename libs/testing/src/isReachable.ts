import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

const READ_AND_ENTER = 0o005;
const ENTER = 0o001;

/** Whether a user who owns nothing on the way may read `path`: below a directory of mode 700 he may not. */
export async function isReachable(path: string): Promise<boolean> {
  let needed = READ_AND_ENTER;
  for (let at = resolve(path); ; at = dirname(at)) {
    const { mode } = await stat(at);
    if ((mode & needed) !== needed) return false;
    if (at === dirname(at)) return true;
    needed = ENTER;
  }
}
