import { rename } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { type Operations, type Reply } from './sftpOperations.ts';
import { rootedPath } from './rootedPath.ts';
import { type Served } from './sftpFaults.ts';

const ON_NAMES = ['OPEN', 'STAT', 'LSTAT', 'SETSTAT', 'REMOVE', 'RENAME'];

/** Cuts names, and takes files away, as the faults of the moment want it. */
export function nameFaults(operations: Operations, { root, faults }: Served): Operations {
  const faulty: Operations = { ...operations };
  for (const name of ON_NAMES) {
    const operate = operations[name] as unknown as (...args: unknown[]) => Promise<Reply>;
    faulty[name] = async (...args: unknown[]) => {
      const cut = args.map((arg) => (typeof arg === 'string' ? shortened(arg, faults.namesAtMost) : arg));
      if (name !== 'RENAME') return operate(...cut);
      const [from, to] = cut as [string, string];
      const given = shortened(to, faults.finalNamesAtMost);
      const reply = await operate(from, given);
      const { fetchesInto, onlyFor } = faults;
      if (fetchesInto !== undefined && (onlyFor?.test(to) ?? true)) await fetchAway(root, given, fetchesInto);
      return reply;
    };
  }
  return faulty;
}

function shortened(path: string, most = Infinity) {
  return posix.join(posix.dirname(path), posix.basename(path).slice(0, most));
}

async function fetchAway(root: string, path: string, directory: string) {
  await rename(await rootedPath(root, path, { follow: false }), join(directory, basename(path)));
}
