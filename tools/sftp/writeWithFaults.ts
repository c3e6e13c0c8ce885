import { type Reply } from './sftpOperations.ts';
import { Refused, type Served, statusCode } from './sftpFaults.ts';

type Write = (handle: Buffer, position: number, data: Buffer) => Promise<Reply>;

/** Writes as the faults of the moment want it: into a full disk, at the wrong place, or until the line is cut. */
export function writeWithFaults(write: Write, { faults, cut }: Served): Write {
  let received = 0;
  const ends = new Map<string, number>(); // how much of each handle was written
  return async (handle, position, data) => {
    const key = handle.toString('hex');
    const end = ends.get(key) ?? 0;
    const place = faults.ignoresOffsets ? end : position;
    ends.set(key, Math.max(end, place + data.length));
    received += data.length;
    const room = (faults.diskFullAfterBytes ?? Infinity) - place;
    if (room > 0) await write(handle, place, data.subarray(0, Math.min(room, data.length)));
    if (received >= (faults.cutAfterBytes ?? Infinity)) cut();
    if (room < data.length && !faults.pretendsSuccess) throw new Refused(statusCode.failure);
    return { kind: 'status', code: statusCode.ok };
  };
}
