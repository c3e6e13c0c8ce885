import { readFile } from 'node:fs/promises';

/** The most memory that a process has ever had, by the operating system's own account. */
export async function peakMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`the peak memory of process ${pid} cannot be had: only Linux tells it`);
  return Number(kilobytes) / 1024;
}
