/** The API as the demo uses it. */
export interface Api {
  url: string;
  get<Answer>(path: string): Promise<Answer>;
  send<Answer>(method: 'POST' | 'PUT', path: string, body: object): Promise<Answer>;
  download(path: string): Promise<Buffer>;
}

/** An answer that says no. */
export class ApiRefusal extends Error {
  readonly status: number;
  readonly details: Record<string, unknown>;

  constructor(status: number, { message = '', errors = [], details = {} }: RefusalBody) {
    const faults = errors.map(({ field, message: fault }) => `\n  ${field} ${fault}`).join('');
    super(`the API answered ${status}: ${message}${faults}`);
    this.status = status;
    this.details = details;
  }
}

interface RefusalBody {
  message?: string;
  errors?: { field: string; message: string }[];
  details?: Record<string, unknown>;
}

const TIMEOUT_MS = 30_000;

/** Calls the API with a key. Every call throws ApiRefusal where the answer is no. */
export function callApi(url: string, apiKey: string): Api {
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { 'X-API-KEY': apiKey, ...(init.body !== undefined && { 'Content-Type': 'application/json' }) };
    const response = await fetch(url + path, { ...init, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.ok) return response;
    throw new ApiRefusal(response.status, (await response.json().catch(() => ({}))) as RefusalBody);
  };
  return {
    url,
    get: async <Answer>(path: string) => (await (await ask(path)).json()) as Answer,
    send: async <Answer>(method: 'POST' | 'PUT', path: string, body: object) =>
      (await (await ask(path, { method, body: JSON.stringify(body) })).json()) as Answer,
    download: async (path) => Buffer.from(await (await ask(path)).arrayBuffer()),
  };
}
