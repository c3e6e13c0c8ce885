import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type AllowList, readAllowList } from '@muster/adapters/addressGuard/readAllowList';
import { type Log } from '@muster/core/log';
import { type Role, roles } from '@muster/core/roles';
import { openSecretBox, type SecretBox } from '@muster/core/secretBox';
import { createApiKey } from '@muster/db/apiKeys';
import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { answerCheck } from './answerCheck.ts';
import { insertCompany } from './factories.ts';
import { FakeFileStore } from './fakeFileStore.ts';
import { fakeLog } from './fakeLog.ts';
import { FakeOutsideGuard } from './fakeOutsideGuard.ts';
import { createTestDatabase } from './testDatabase.ts';

/** What an API is made of here: a real database, and files in memory. */
export interface BenchDeps {
  db: OpenDatabase;
  box: SecretBox;
  files: FakeFileStore;
  log: Log;
  allow: AllowList;
  allowHttp(host: string, port: number): boolean;
  outsideGuard: FakeOutsideGuard;
  onRunAccepted(companyId: string): Promise<void>;
  isQueueReachable(): Promise<boolean>;
  maxFileBytes: number;
  rememberKeysMs: number;
}

/** A company and a key for each role. */
export interface BenchCompany {
  id: string;
  keys: Record<Role, string>;
}

export interface Call {
  /** An API key; null for none. An admin's of the first company where absent. */
  key?: string | null;
  /** Sent as JSON, a text or bytes as they are. */
  body?: unknown;
  headers?: Record<string, string>;
}

type Fields = Record<string, unknown>;

/** An answer, with its body read as JSON where it says that it is. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Fields;
  /** `data` of an object's envelope. */
  data: Fields;
  /** `data` of a list's envelope. */
  list: Fields[];
  /** `errors`, each as `field code`. */
  faults: string[];
}

/** An API on a free port, with two companies. `accepted` holds the companies of the runs that were accepted. */
export async function apiBench(createApi: (deps: BenchDeps) => RequestListener, change: Partial<BenchDeps> = {}) {
  const database = await createTestDatabase();
  const db = await openDatabase({ url: database.url, poolSize: 4 });
  const accepted: string[] = [];
  const log = fakeLog();
  const deps: BenchDeps = {
    db,
    box: openSecretBox({ key: randomBytes(32).toString('base64') }),
    files: new FakeFileStore(),
    log,
    allow: readAllowList('localhost:*, 127.0.0.1:*'),
    allowHttp: (host) => host === 'localhost',
    outsideGuard: new FakeOutsideGuard(),
    onRunAccepted: async (companyId) => void accepted.push(companyId),
    isQueueReachable: async () => true,
    maxFileBytes: 1024 * 1024,
    rememberKeysMs: 0,
    ...change,
  };
  const server = createServer(createApi(deps));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const check = answerCheck((await (await fetch(`${url}/api/openapi.json`)).json()) as object);
  const [own, other] = [await insertKeyedCompany(db), await insertKeyedCompany(db)];
  return {
    ...deps,
    url,
    own,
    other,
    accepted,
    lines: log.lines,
    /** Calls the API; an answer that is not as the API's own description says throws. */
    call: async (method: string, path: string, options: Call = {}) => {
      const answer = await call(`${url}${path}`, method, { key: own.keys.admin, ...options });
      const contentType = answer.headers.get('content-type') ?? '';
      if (path.startsWith('/api/')) check({ method, path: path.slice(4), contentType, ...answer });
      return answer;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await db.close().catch(() => undefined); // a test may have closed it
      await database.drop();
    },
  };
}
export type ApiBench = Awaited<ReturnType<typeof apiBench>>;

async function insertKeyedCompany(db: OpenDatabase): Promise<BenchCompany> {
  const id = await insertCompany(db);
  const keys = {} as Record<Role, string>;
  for (const role of roles) keys[role] = (await createApiKey(db, { companyId: id, role })).key;
  return { id, keys };
}

async function call(url: string, method: string, { key, body, headers }: Call): Promise<Answer> {
  const isPlain = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method,
    headers: {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(key != null && { 'X-API-KEY': key }),
      ...headers,
    },
    ...(body !== undefined && { body: isPlain ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  const json = (isJson ? JSON.parse(text) : {}) as Fields;
  const faults = ((json['errors'] ?? []) as { field: string; code: string }[]).map(
    ({ field, code }) => `${field} ${code}`,
  );
  const { status, headers: given } = response;
  return { status, headers: given, text, json, data: json['data'] as Fields, list: json['data'] as Fields[], faults };
}
