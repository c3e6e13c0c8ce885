import { type EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type Attributes, type SFTPWrapper } from 'ssh2';
import { nameFaults } from './nameFaults.ts';
import { openHandles } from './openHandles.ts';
import { Refused, requests, type Served, type SftpFaults, statusCode } from './sftpFaults.ts';
import { type Reply, sftpOperations } from './sftpOperations.ts';
import { writeWithFaults } from './writeWithFaults.ts';

/** Answers one SFTP session: one request after the other, as OpenSSH does, however many were sent. */
export function serveSftp(sftp: SFTPWrapper, served: Served): void {
  const handles = openHandles();
  const operations = nameFaults(sftpOperations(served.root, handles), served);
  operations['WRITE'] = writeWithFaults(operations['WRITE'] as never, served);
  let last: Promise<unknown> = Promise.resolve();
  let isOpen = true;
  let waiting = 0;
  for (const name of requests) {
    const operate = operations[name] as unknown as (...args: unknown[]) => Promise<Reply>;
    (sftp as EventEmitter).on(name, (id: number, ...args: unknown[]) => {
      note(served.log, name, args);
      const refusesNow = name === 'WRITE' && served.faults.oneWriteAtATime === true && waiting > 0;
      waiting += name === 'WRITE' ? 1 : 0;
      last = last.then(async () => {
        const faults = faultsFor(args, served.faults);
        const reply = refusesNow ? failure : await outcome(name, () => operate(...args), faults);
        waiting -= name === 'WRITE' ? 1 : 0;
        if (name === 'RENAME' && isDone(reply)) note(served.log, 'RENAMED', args);
        if (isOpen && !faults.losesReplyTo?.includes(name)) send(sftp, id, reply);
      });
    });
  }
  sftp.on('end', () => void last.then(() => sftp.end())); // a client that has said all waits for our close
  sftp.on('close', () => {
    isOpen = false;
    void last.then(() => handles.closeAll());
  });
  sftp.on('error', served.cut);
}

const failure: Reply = { kind: 'status', code: statusCode.failure };
const oneMore: Reply = { kind: 'names', names: [{ filename: 'more', longname: 'more', attrs: {} as Attributes }] };

function faultsFor(args: unknown[], faults: SftpFaults): SftpFaults {
  const { onlyFor, refuses: _, losesReplyTo: __, ...others } = faults;
  return onlyFor && !args.some((arg) => typeof arg === 'string' && onlyFor.test(arg)) ? others : faults;
}

function note(log: string[], name: string, args: unknown[]) {
  if (!['READ', 'WRITE'].includes(name)) log.push([name, ...args.filter((arg) => typeof arg === 'string')].join(' '));
}

function isDone(reply: Reply) {
  return reply.kind === 'status' && reply.code === statusCode.ok;
}

async function outcome(name: string, work: () => Promise<Reply>, faults: SftpFaults): Promise<Reply> {
  if (faults.answerDelayMs !== undefined) await pause(faults.answerDelayMs);
  const refusal = faults.refuses?.[name];
  if (refusal !== undefined) return { kind: 'status', code: refusal };
  try {
    const reply = await work();
    return name === 'READDIR' && faults.listsForEver === true && reply.kind === 'status' ? oneMore : reply;
  } catch (error) {
    return { kind: 'status', code: statusOf(error) };
  }
}

function statusOf(error: unknown) {
  if (error instanceof Refused) return error.status;
  const { code } = error as { code?: string };
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return statusCode.noSuchFile;
  if (code === 'EACCES' || code === 'EPERM') return statusCode.permissionDenied;
  return statusCode.failure;
}

function send(sftp: SFTPWrapper, id: number, reply: Reply) {
  switch (reply.kind) {
    case 'status':
      sftp.status(id, reply.code);
      break;
    case 'handle':
      sftp.handle(id, reply.handle);
      break;
    case 'data':
      sftp.data(id, reply.data);
      break;
    case 'attrs':
      sftp.attrs(id, reply.attrs);
      break;
    case 'names':
      sftp.name(id, reply.names);
  }
}
