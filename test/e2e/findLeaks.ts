import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type House } from './house.ts';
import { PERSON, PHONE } from './insertBorrowers.ts';
import { readStore } from './queueStore.ts';

type Place = readonly [place: string, text: string];

/**
 * Where secrets, phone numbers or people stand although they must not: in what the processes logged, in the queues, in the
 * API's metrics, in the database beside people and contacts; and in the API's answers, which may name people. Gives places,
 * never what was found there.
 */
export async function findLeaks(house: House): Promise<string[]> {
  const rows = await rowsOf(house);
  const inside: Place[] = [
    ...(await logsOf(house)),
    ...(await readStore(house.store, house.db)).map((text, at) => [`queue ${at}`, text] as const),
    ['metrics', await metricsOf(house)],
    ...rows.filter(([place]) => place !== PEOPLE),
  ];
  const named = house.api.answers.map((text, at) => [`answer ${at}`, text] as const);
  const people = rows.filter(([place]) => place === PEOPLE);
  return [
    ...inside.filter(([, text]) => PERSON.test(text) || isLeak(text, house.secrets)),
    ...[...named, ...people].filter(([, text]) => isLeak(text, house.secrets)),
  ].map(([place]) => place);
}

const PEOPLE = 'table person';

function isLeak(text: string, secrets: string[]) {
  return PHONE.test(text) || secrets.some((secret) => text.includes(secret));
}

async function metricsOf({ url, apiKey }: House) {
  const answer = await fetch(`${url}/metrics`, { headers: { 'X-API-KEY': apiKey } });
  if (!answer.ok) throw new Error(`the API answered ${answer.status} to who asked for its metrics`);
  return answer.text();
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
