import { type Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { codeOf, TemporaryFailure } from '@muster/core/errors';
import { type Target } from './writeCell.ts';

/** Lines on their way to a stream: gathered in chunks, sent by `flush`, which waits while the stream is full. */
export interface CsvOutput {
  /** Where to write the next line, with at least so many bytes of room. */
  room(bytes: number): Target;
  writeLine(text: string): void;
  flush: () => Promise<void>;
  /** Lets go of the stream; must be called in the end. */
  release(): void;
}

const CHUNK_BYTES = 256 * 1024;

/** Writes to `to`, never faster than it takes. An error of the stream becomes a TemporaryFailure `rowsNotWritten`. */
export function csvOutput(to: Writable, signal: AbortSignal): CsvOutput {
  const stream = watchStream(to, signal);
  let target: Target = { bytes: Buffer.alloc(0), at: 0 };
  let full: Buffer[] = [];

  function room(bytes: number): Target {
    if (target.bytes.length - target.at >= bytes) return target;
    setAside();
    target = { bytes: Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, bytes)), at: 0 };
    return target;
  }

  function setAside() {
    if (target.at > 0) full.push(target.bytes.subarray(0, target.at));
    target = { bytes: target.bytes.subarray(target.at), at: 0 }; // never the same bytes again: the stream still holds them
  }

  function writeLine(text: string) {
    const line = room(3 * text.length + 2);
    line.at += line.bytes.write(`${text}\r\n`, line.at);
  }

  async function flush() {
    setAside();
    const chunks = full;
    full = [];
    for (const chunk of chunks) await stream.write(chunk);
  }
  return { room, writeLine, flush, release: stream.release };
}

/** Ends a stream and waits until it has taken everything. */
export async function endOutput(to: Writable, signal: AbortSignal): Promise<void> {
  try {
    await finished(to.end(), { readable: false, signal, cleanup: true });
  } catch (error) {
    throw signal.aborted ? signal.reason : notWritten(error);
  }
}

function watchStream(to: Writable, signal: AbortSignal) {
  let failure: { error: unknown } | undefined;
  let wake: () => void = () => undefined;
  const onError = (error: unknown) => {
    failure ??= { error: notWritten(error) };
    wake();
  };
  const onClose = () => onError(undefined);
  const onAbort = () => {
    failure ??= { error: signal.reason };
    wake();
  };
  const onDrain = () => wake();
  to.on('error', onError).on('close', onClose).on('drain', onDrain);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  if (to.destroyed) onClose();

  async function write(chunk: Buffer) {
    if (failure) throw failure.error;
    if (!to.write(chunk)) await new Promise<void>((resolve) => (wake = resolve));
    throwFailure();
  }
  function throwFailure() {
    if (failure) throw failure.error;
  }
  function release() {
    to.off('error', onError).off('close', onClose).off('drain', onDrain);
    signal.removeEventListener('abort', onAbort);
  }
  return { write, release };
}

function notWritten(error: unknown) {
  const code = codeOf(error);
  return new TemporaryFailure('rowsNotWritten', `The rows could not be written: ${code ?? 'the file was closed'}.`, {
    details: { code },
  });
}
