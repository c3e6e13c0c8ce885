import { type Database } from '@muster/core/database';
import { roles } from '@muster/core/roles';
import { createApiKey } from '@muster/db/apiKeys';
import { taskQueues } from '@muster/pipeline/tasks';
import { apiBench } from '@muster/testing/apiBench';
import { insertCompany } from '@muster/testing/factories';
import { fakeLog } from '@muster/testing/fakeLog';
import { FakeTaskBell } from '@muster/testing/fakeTaskBell';
import { taskBench } from '@muster/testing/taskBench';
import { createApi } from '../../apps/api/src/createApi.ts';
import { fuzzApi, type FuzzedCompany, type FuzzReport } from './fuzzApi.ts';
import { playCarrier } from './playCarrier.ts';
import { playWorker } from './playWorker.ts';

const SWEEP_EVERY_MS = 500;

/** Below which address the fuzzed API is. */
export type Fuzzed = '/api' | '/sms';

export interface Extent {
  api: Fuzzed;
  requests: number;
  seed: number;
  /** How many at a time. */
  lanes: number;
}

/** Both APIs on a database of their own, for the fuzzer: `fuzz` sends requests, `errorOf` tells what broke one. */
export async function fuzzBench() {
  const errors = new Map<string, unknown>();
  const log = fakeLog();
  const keepError: typeof log.error = (_event, fields, error) => void errors.set(String(fields?.['requestId']), error);
  const bell = new FakeTaskBell();
  const bench = await apiBench(
    (deps) => createApi({ ...deps, onTaskAccepted: (queue, taskId) => bell.ringTask(queue, taskId) }),
    { log: { ...log, debug: () => undefined, error: keepError } },
  );
  const tasks = await taskBench({ ...bench, bell });
  for (const queue of taskQueues) await tasks.startWorker({ queue, sweepEveryMs: SWEEP_EVERY_MS });
  const carrier = playCarrier(bench);
  const stirs = { '/api': (companyId: string) => playWorker(bench, companyId), '/sms': carrier.stir };
  return {
    url: bench.url,
    /** What went wrong with texts that were brought in, and with those that were to be sent. */
    textFailures: carrier.failures,
    errorOf: (requestId: string | undefined) => errors.get(String(requestId)),
    fuzz: async ({ api, requests, seed, lanes }: Extent): Promise<FuzzReport> => {
      const document = (await bench.call('GET', `${api}/openapi.json`, { key: null })).json;
      const companies = await Promise.all(Array.from({ length: lanes }, () => pairOf(bench.db, api)));
      return fuzzApi({ url: bench.url, document, companies, seed, requests, stir: stirs[api] });
    },
    close: async () => {
      await tasks.close();
      await bench.close();
    },
  };
}

async function pairOf(db: Database, api: Fuzzed) {
  return { own: await companyIn(db, api), other: await companyIn(db, api) };
}

const gateways = {
  text: { url: 'https://texts.example.com', secret: null },
  payment: { url: 'https://pay.example.com', secret: null },
};

async function companyIn(db: Database, api: Fuzzed): Promise<FuzzedCompany> {
  const id = await insertCompany(db, api === '/sms' ? { gateways: JSON.stringify(gateways) } : {});
  const keys: Record<string, string> = {};
  for (const role of roles) keys[role] = (await createApiKey(db, { companyId: id, role })).key;
  return { id, keys };
}
