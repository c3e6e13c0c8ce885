/** Whether there is a process of this id. */
export function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0); // 0 would be our own group
  } catch {
    return false;
  }
}
