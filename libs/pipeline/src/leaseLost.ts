/** Another attempt holds the step by now: stop at once, and write nothing. */
export class LeaseLost extends Error {
  constructor(runId: string, step: string, attempt: number) {
    super(`attempt ${attempt} of ${step} in run ${runId} is no longer the current one`);
    this.name = 'LeaseLost';
  }
}
