type Fields = Record<string, unknown>;

/** What the API answered. */
export interface Answer {
  status: number;
  headers: Headers;
  bytes: Buffer;
  /** The body, where it is JSON. */
  json: Fields;
  /** `data` of an object's envelope. */
  data: Fields;
  /** `errors`, each as `field code`. */
  faults: string[];
}

export interface ApiClient {
  call(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<Answer>;
  /** The bodies of all answers but files. */
  answers: string[];
}

const TIMEOUT_MS = 20_000;

/** Calls the API below `url` with a key, and remembers what it answered. */
export function apiClient(url: string, apiKey: string, answers: string[] = []): ApiClient {
  return {
    answers,
    call: async (method, path, body) => {
      const response = await fetch(`${url}/api${path}`, {
        method,
        headers: { 'X-API-KEY': apiKey, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      const isJson = response.headers.get('content-type')?.includes('json') ?? false;
      if (isJson) answers.push(bytes.toString());
      return { status: response.status, headers: response.headers, bytes, ...read(isJson ? bytes : undefined) };
    },
  };
}

function read(bytes: Buffer | undefined): Pick<Answer, 'json' | 'data' | 'faults'> {
  const json = bytes ? (JSON.parse(bytes.toString()) as Fields) : {};
  const errors = (json['errors'] ?? []) as { field: string; code: string }[];
  return { json, data: (json['data'] ?? {}) as Fields, faults: errors.map(({ field, code }) => `${field} ${code}`) };
}
