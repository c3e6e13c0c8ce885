/** Somebody asked for the run to be canceled before the next outward effect. */
export class CancelAsked extends Error {
  constructor(runId: string) {
    super(`run ${runId} is to be canceled`);
    this.name = 'CancelAsked';
  }
}
