import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type House } from './house.ts';
import { PHONE } from './insertBorrowers.ts';
import { readStore } from './queueStore.ts';

/**
 * Where secrets or phone numbers stand although they must not: in what the processes logged, in the queues, in the API's
 * answers, in the database beside the contacts. Gives places, never what was found there.
 */
export async function findLeaks(house: House): Promise<string[]> {
  const places = [
    ...(await logsOf(house)),
    ...(await readStore(house.store, house.db)).map((text, at) => [`queue ${at}`, text] as const),
    ...house.api.answers.map((text, at) => [`answer ${at}`, text] as const),
    ...(await rowsOf(house)),
  ];
  return places.filter(([, text]) => isLeak(text, house.secrets)).map(([place]) => place);
}

function isLeak(text: string, secrets: string[]) {
  return PHONE.test(text) || secrets.some((secret) => text.includes(secret));
}

async function logsOf({ logs }: House) {
  const names = await readdir(logs);
  return Promise.all(names.map(async (name) => [name, await readFile(join(logs, name), 'utf8')] as const));
}

/** All tables of ours but that of the contacts, and those in which a run under way matches them. */
async function rowsOf({ db }: House) {
  const tables = await db.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'contact'`,
  );
  const rows = await Promise.all(
    tables.map(async ({ name }) => {
      const found = await db.query<{ row: string }>(`select t::text as row from ${name} t`);
      return found.map(({ row }) => [`table ${name}`, row] as const);
    }),
  );
  return rows.flat();
}
