import { Worker } from 'node:worker_threads';

const WATCH = `
  const { workerData: { parent, everyMs } } = require('node:worker_threads');
  setInterval(() => process.ppid !== parent && process.kill(process.pid, 'SIGKILL'), everyMs);`;

/** Kills this process once its parent is gone, from a thread of its own: a blocked event loop hears of nothing. */
export function endWithParent(everyMs: number): void {
  const workerData = { parent: process.ppid, everyMs };
  new Worker(WATCH, { eval: true, workerData, execArgv: [] }).unref();
}
