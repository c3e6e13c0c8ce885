/** Somebody asked for the run to be canceled, before what was about to be done or recorded. */
export class CancelAsked extends Error {
  constructor(runId: string) {
    super(`run ${runId} is to be canceled`);
    this.name = 'CancelAsked';
  }
}
