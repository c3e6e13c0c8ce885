import { readFile } from 'node:fs/promises';
import { type MusterError, PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type Destination, type RemoteDirectory, type SftpAddress } from '@muster/pipeline/ports';

/** What can be asked of a destination. */
export type DestinationCall = 'connect' | 'upload' | 'find' | 'rename' | 'remove';

interface LostReply {
  call: DestinationCall;
  /** Files that vanish right after: a dialer has fetched them. */
  removes: (string | RegExp)[];
}

/**
 * An SFTP server in memory, told what to do wrong: `sftp.loseReplyTo('rename').thenRemove('contacts.csv')`.
 * What happens once is forgotten afterwards; what is refused stays refused until `allow`.
 */
export class FakeDestination implements Destination {
  /** What lies on the server, in its one directory. */
  readonly files = new Map<string, Buffer>();
  /** What was asked, in order: `rename a.part a.csv`. */
  readonly log: string[] = [];
  /** Set: only these directories exist. */
  directories: Set<string> | undefined;
  /** Set: only this password is taken. */
  password: string | undefined;
  /** Connections that were not closed. */
  openConnections = 0;
  private hostKey = 'SHA256:fakeHostKeyOfTheDestinationInMemory0000000000';
  private readonly refusals = new Map<DestinationCall, MusterError>();
  private readonly lostReplies: LostReply[] = [];
  private cutAfterBytes: number | undefined;
  private diskBytes = Infinity;
  private tellsDiskFull = true;
  private overwrites = false;

  /** From now on the server shows this key. */
  showHostKey(fingerprint: string) {
    this.hostKey = fingerprint;
    return this;
  }

  /** From now on this call is answered with a refusal, and does nothing. */
  refuse(call: DestinationCall, failure: MusterError = refusal(call)) {
    this.refusals.set(call, failure);
    return this;
  }

  /** From now on nobody answers at the address. */
  goAway() {
    return this.refuse('connect', unreachable());
  }

  /** Ends `refuse` and `goAway`. */
  allow(call: DestinationCall) {
    this.refusals.delete(call);
    return this;
  }

  /** The next such call is done, but its answer never comes and the connection is gone. */
  loseReplyTo(call: Exclude<DestinationCall, 'connect'>) {
    const lost: LostReply = { call, removes: [] };
    this.lostReplies.push(lost);
    return {
      /** … and then this file is taken away. */
      thenRemove: (name: string | RegExp) => {
        lost.removes.push(name);
        return this;
      },
    };
  }

  /** The next upload ends after so many bytes, with the connection. */
  cutAfter(bytes: number) {
    this.cutAfterBytes = bytes;
    return this;
  }

  /** From now on the disk holds so many bytes in all; `silently`: uploads into a full disk seem to succeed. */
  diskFullAfter(bytes: number, { silently = false } = {}) {
    this.diskBytes = bytes;
    this.tellsDiskFull = !silently;
    return this;
  }

  /** From now on a rename replaces what bears that name, as on some servers that are not OpenSSH. */
  renameOver() {
    this.overwrites = true;
    return this;
  }

  async connect(address: SftpAddress, signal: AbortSignal): Promise<RemoteDirectory> {
    signal.throwIfAborted();
    this.log.push('connect');
    this.throwRefusal('connect');
    const { hostKeyFingerprint: expected = this.hostKey, password, directory = '' } = address;
    if (expected !== this.hostKey) {
      const details = { expected, seen: this.hostKey };
      throw new PermanentFailure('hostKeyChanged', `host key ${this.hostKey} instead of ${expected}`, { details });
    }
    if (this.password !== undefined && password !== this.password)
      throw new PermanentFailure('sftpLoginRefused', 'the SFTP server refused the password');
    if (this.directories && !this.directories.has(directory))
      throw new PermanentFailure('remoteDirectoryMissing', `there is no directory "${directory}"`);
    this.openConnections += 1;
    return this.directory();
  }

  private directory(): RemoteDirectory {
    let isOpen = true;
    const closeIt = () => {
      if (isOpen) this.openConnections -= 1;
      isOpen = false;
    };
    const ask = async <Answer>(call: DestinationCall, names: string[], work: () => Answer | Promise<Answer>) => {
      if (!isOpen) throw unreachable();
      for (const name of names) requirePlain(name);
      this.log.push([call, ...names].join(' '));
      this.throwRefusal(call);
      try {
        const answer = await work();
        this.throwLostReply(call);
        return answer;
      } catch (error) {
        if (error instanceof TemporaryFailure && error.code === 'sftpUnreachable') closeIt();
        throw error;
      }
    };
    return {
      hostKeyFingerprint: this.hostKey,
      upload: async (localPath, name, signal) => {
        signal.throwIfAborted();
        await ask('upload', [name], async () => this.store(name, await readFile(localPath)));
      },
      find: (name) => ask('find', [name], () => sizeOf(this.files.get(name))),
      rename: (from, to) => ask('rename', [from, to], () => this.move(from, to)),
      remove: (name) => ask('remove', [name], () => void this.files.delete(name)),
      close: async () => closeIt(),
    };
  }

  private store(name: string, bytes: Buffer) {
    this.files.delete(name);
    const room = this.diskBytes - [...this.files.values()].reduce((sum, file) => sum + file.length, 0);
    const cutAt = this.cutAfterBytes ?? Infinity;
    this.cutAfterBytes = undefined;
    this.files.set(name, bytes.subarray(0, Math.min(room, cutAt)));
    if (cutAt < bytes.length) throw unreachable();
    if (room < bytes.length && this.tellsDiskFull)
      throw new TemporaryFailure('remoteDiskFull', 'the disk of the SFTP server is full');
  }

  private move(from: string, to: string) {
    const file = this.files.get(from);
    if (!file || (this.files.has(to) && !this.overwrites)) throw refusal('rename');
    this.files.delete(from);
    this.files.set(to, file);
  }

  private throwRefusal(call: DestinationCall) {
    const failure = this.refusals.get(call);
    if (failure) throw failure;
  }

  private throwLostReply(call: DestinationCall) {
    const at = this.lostReplies.findIndex((lost) => lost.call === call);
    const [lost] = at < 0 ? [] : this.lostReplies.splice(at, 1);
    if (!lost) return;
    for (const gone of lost.removes) {
      for (const name of this.files.keys()) {
        if (typeof gone === 'string' ? gone === name : gone.test(name)) this.files.delete(name);
      }
    }
    throw unreachable();
  }
}

const sizeOf = (file: Buffer | undefined) => file && { sizeBytes: file.length };
const unreachable = () => new TemporaryFailure('sftpUnreachable', 'the SFTP server cannot be reached');

function refusal(call: DestinationCall) {
  if (call === 'rename') return new PermanentFailure('renameRefused', 'the SFTP server refused the rename');
  if (call === 'connect') return new PermanentFailure('sftpLoginRefused', 'the SFTP server refused the password');
  return new PermanentFailure('remotePermissionDenied', `the SFTP server does not let us ${call}`);
}

function requirePlain(name: string) {
  if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name))
    throw new PermanentFailure('remoteNameRefused', 'a remote file name may hold no path');
}
