/** What HTTP itself refuses: who may not, what is too large, of the wrong kind, or gone. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, { code, message, headers = {} }: Reason) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

interface Reason {
  code: string;
  message: string;
  headers?: Record<string, string>;
}
