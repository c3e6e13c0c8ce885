import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { createApi } from './createApi.ts';

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench(createApi);
  // names that repeat, and some without one
  await bench.db.execute(
    `insert into campaign (company_id, external_id, name, updated_at)
     select $1, 'e' || lpad(n::text, 2, '0'), case when n % 5 > 0 then 'name ' || n % 3 end, now() - n % 4 * interval '1 hour'
     from generate_series(1, 40) n`,
    [bench.own.id],
  );
});
afterAll(() => bench.close());

interface Item {
  id: string;
  name: string | null;
  externalId: string;
  updatedAt: string;
  createdAt: string;
}

async function walk(query: string, cursor: 'nextUrl' | 'previousUrl') {
  const pages: Item[][] = [];
  for (let url: string | null = `/api/campaigns?${query}`; url !== null;) {
    const page = await bench.call('GET', url);
    expect(page.status).toBe(200);
    pages.push(page.list as unknown as Item[]);
    url = page.json[cursor] as string | null;
  }
  return pages;
}

it.each([
  ['name', ['name']],
  ['-name', ['-name']],
  ['-updatedAt,externalId', ['-updatedAt', 'externalId']],
  ['name,-updatedAt,-externalId', ['name', '-updatedAt', '-externalId']],
  ['createdAt', ['createdAt']],
] as const)('gives each object once, by %s, forwards and backwards', async (sortBy, fields) => {
  const forwards = (await walk(`sortBy=${sortBy}&limit=7`, 'nextUrl')).flat();
  expect(new Set(forwards.map(({ id }) => id)).size).toBe(40);
  const isWrong = (item: Item, at: number) => at > 0 && compare(forwards[at - 1]!, item, fields) > 0;
  expect(forwards.filter(isWrong)).toEqual([]);
  const last = forwards.at(-1)!.id;
  const backwards = (await walk(`sortBy=${sortBy}&limit=7&endingBefore=${last}`, 'previousUrl')).reverse().flat();
  expect(backwards.map(({ id }) => id)).toEqual(forwards.slice(0, -1).map(({ id }) => id));
});

function compare(a: Item, b: Item, fields: readonly string[]) {
  for (const field of fields) {
    const name = field.replace('-', '') as keyof Item;
    const [x, y] = [a[name] ?? '', b[name] ?? ''];
    if (x !== y) return (x < y ? -1 : 1) * (field.startsWith('-') ? -1 : 1);
  }
  return 0;
}

it.each(['color', 'name,', 'name,name,name,name', '--name', 'name;drop table campaign', ''])(
  'refuses to sort by %j, and says by what it can',
  async (sortBy) => {
    const answer = await bench.call('GET', `/api/campaigns?sortBy=${encodeURIComponent(sortBy)}`);
    expect(answer).toMatchObject({ status: 400, faults: ['sortBy wrongForm'] });
    expect(answer.text).toContain('updatedAt');
  },
);
