import { finished, type Readable, type Writable } from 'node:stream';

/**
 * Aborted when a file is closed before its end, as it is when its step is broken off: a statement that waits for a lock
 * moves no bytes, and would not notice.
 */
export function closedEarly(file: Readable | Writable, side: 'readable' | 'writable'): AbortSignal {
  const controller = new AbortController();
  finished(file, { readable: side === 'readable', writable: side === 'writable' }, (error) => {
    if (error) controller.abort(error);
  });
  return controller.signal;
}
