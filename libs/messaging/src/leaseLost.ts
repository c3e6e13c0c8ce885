/** Another attempt has the work by now: stop at once, and write nothing. */
export class LeaseLost extends Error {
  constructor(what: string, attempt: number) {
    super(`attempt ${attempt} of ${what} is no longer the current one`);
    this.name = 'LeaseLost';
  }
}
