import ssh2, { type ClientSFTPCallback, type SFTPWrapper } from 'ssh2';
import { dieAt, isArmed } from './crashPoints.ts';

type Write = Parameters<SFTPWrapper['write']>;

/** Has an upload pass P11 when the server has answered its first write, and has got no more of the file. */
export function watchUploads(): void {
  const { sftp } = ssh2.Client.prototype;
  ssh2.Client.prototype.sftp = function (callback: ClientSFTPCallback) {
    return sftp.call(this, (error, session) => {
      if (!error) holdWrites(session);
      callback(error, session);
    });
  };
}

// The port tells of whole files only; below it there are many writes under way.
function holdWrites(session: SFTPWrapper) {
  const write = session.write.bind(session);
  let held: Write[] | undefined;
  session.write = (...next: Write) => {
    if (held) {
      held.push(next);
      return;
    }
    const [handle, bytes, offset, length, position, done] = next;
    if (!isArmed('P11')) {
      write(...next);
      return;
    }
    held = [];
    write(handle, bytes, offset, length, position, (error) => {
      if (!error) dieAt('P11');
      const others = held ?? [];
      held = undefined;
      for (const other of others) write(...other);
      done(error);
    });
  };
}
