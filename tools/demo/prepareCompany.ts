import { type Database } from '@muster/core/database';
import { openDatabase } from '@muster/db/openDatabase';
import { type DemoDeps } from './demoDeps.ts';
import { type DemoEnv } from './demoEnvironment.ts';
import { runCli } from './runCli.ts';
import { seedDirectory } from './seedDirectory.ts';

export interface Company {
  companyId: string;
  apiKey: string;
  /** For the SMS API. */
  smsApiKey: string;
  /** Brings texts in. */
  carrierApiKey: string;
}

const BORROWERS = 5_000;
const SEED = 1;

/** The demo's company with its key and its borrowers: made at the first start, the same at each further one. */
export async function prepareCompany({ home, say }: DemoDeps, env: DemoEnv): Promise<Company> {
  const { kept } = home;
  const isThere = await withDatabase(env.DATABASE_URL, (db) => knowsCompany(db, kept.companyId));
  if (!isThere) home.keep({ companyId: undefined, apiKey: undefined, smsApiKey: undefined, carrierApiKey: undefined }); // the database was removed by hand
  if (kept.companyId === undefined) {
    const args = ['--name', 'Demo Lending', '--time-zone', 'America/New_York'];
    const { companyId } = await runCli<Company>(['company', 'create', ...args], env);
    home.keep({ companyId });
  }
  const companyId = kept.companyId ?? '';
  const keys = { apiKey: 'admin', smsApiKey: 'service', carrierApiKey: 'carrier' } as const;
  for (const [name, role] of Object.entries(keys) as [keyof typeof keys, string][]) {
    if (kept[name] !== undefined) continue;
    const args = ['--company', companyId, '--role', role, '--name', 'demo'];
    const { apiKey } = await runCli<{ apiKey: string }>(['key', 'create', ...args], env);
    home.keep({ [name]: apiKey });
  }
  await withDatabase(env.DATABASE_URL, (db) => seedDirectory(db, { companyId, borrowers: BORROWERS, seed: SEED }));
  say(`${BORROWERS.toLocaleString('en-US')} borrowers of company ${companyId} are there`);
  const { apiKey = '', smsApiKey = '', carrierApiKey = '' } = kept;
  return { companyId, apiKey, smsApiKey, carrierApiKey };
}

async function knowsCompany(db: Database, id: string | undefined) {
  const rows = await db.query('select from company where id = $1', [id ?? '']);
  return rows.length > 0;
}

async function withDatabase<Result>(url: string, use: (db: Database) => Promise<Result>): Promise<Result> {
  const db = await openDatabase({ url, poolSize: 1, applicationName: 'muster demo', asLogin: true });
  return use(db).finally(() => db.close());
}
