import { type Socket } from 'node:net';
import { type SFTPWrapper } from 'ssh2';
import { type Login } from './logIn.ts';
import { owedAnswers } from './owedAnswers.ts';
import { answerFailure, unreachable } from './sftpRefusal.ts';

/** How ssh2 answers: an error, or a result where the request has one. */
type Done<Answer> = (error: unknown, answer?: Answer) => void;

/** A logged-in connection on which requests are made. */
export interface SftpSession {
  /** `host:port`, for sentences. */
  readonly where: string;
  readonly hostKeyFingerprint: string;
  /** The most data that one write may carry. */
  readonly maxWriteBytes: number;
  /** Sends a request and waits for its answer. Rejects with an SftpRefusal, or `sftpUnreachable` where none comes. */
  ask<Answer = undefined>(send: (sftp: SFTPWrapper, done: Done<Answer>) => void): Promise<Answer>;
  /** Cuts the connection; whatever waits for an answer fails at once. */
  readonly destroy: () => void;
  /** Whether it is open, and no answer is owed. */
  readonly isFree: () => boolean;
  /** Says goodbye, and waits for it a moment. Never throws. */
  end(): Promise<void>;
}

/** A login, and how long its server may keep silent. */
export interface Opened {
  socket: Socket;
  login: Login;
  where: string;
  answerTimeoutMs: number;
}

const GOODBYE_MS = 1_000;

/** Makes every request over an open connection end in bounded time. */
export function sftpSession({ socket, login, where, answerTimeoutMs }: Opened): SftpSession {
  const { client, sftp } = login;
  const destroy = () => void socket.destroy();
  const owed = owedAnswers({ answerTimeoutMs, onSilence: destroy });
  const lost = () => unreachable(where, owed.wentSilent() ? 'it stopped answering' : 'the connection was lost');
  socket.once('close', () => owed.failAll(lost()));
  sftp.on('error', destroy); // garbage on the line: nothing can be trusted after it
  sftp.on('close', destroy); // the server ended SFTP but not the connection

  return {
    where,
    hostKeyFingerprint: login.hostKey.fingerprint,
    maxWriteBytes: login.maxWriteBytes,
    ask: <Answer>(send: (sftp: SFTPWrapper, done: Done<Answer>) => void) => {
      if (socket.destroyed) return Promise.reject(lost());
      return owed.promise<Answer>((resolve, reject) => {
        send(sftp, (error, answer) => {
          if (error) reject(answerFailure(error, lost));
          else resolve(answer as Answer); // undefined only for those who ask for nothing
        });
      });
    },
    destroy,
    isFree: () => !socket.destroyed && !owed.areAny(),
    end: async () => {
      if (socket.destroyed) return;
      const closed = new Promise((done) => socket.once('close', done));
      const timer = setTimeout(destroy, GOODBYE_MS);
      client.end().catch(destroy);
      await closed;
      clearTimeout(timer);
    },
  };
}
