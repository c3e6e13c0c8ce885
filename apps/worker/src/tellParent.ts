import { type ChildMessage } from './isolateStep.ts';

/** Tells the worker that waits for us, if there is one: it may be gone, and we not have heard of it yet. */
export function tellParent(message: ChildMessage): void {
  if (process.connected) process.send?.(message, () => undefined); // what fails here `disconnect` tells
}
