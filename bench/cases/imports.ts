import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { waitFor } from '@muster/testing/waitFor';
import { type Bench, type Case } from '../bench.ts';
import { type Company } from '../borrowers.ts';
import { CONTACTS_PER_PERSON, writeContactsCsv } from '../contactsCsv.ts';
import { type Figure, withUnit } from '../figure.ts';
import { type House, inHouse } from '../house.ts';
import { peakMiB } from '../peakMiB.ts';

const NAME = 'imports';
const WANTED = { seconds: 60, mebibytes: 250 };
const TIMEOUT_MS = 600_000;

/** A bulk load of contacts, once new and once unchanged: how long the slower one takes, and the memory of its worker. */
export const imports: Case = { name: NAME, isQuick: false, measure };

async function measure(bench: Bench): Promise<Figure[]> {
  const rows = bench.sizes.imports;
  const { seconds, peak } = await inHouse(bench, { name: NAME }, async (house) => {
    const company = await house.addCompany();
    await addPersons(house, company, Math.ceil(rows / CONTACTS_PER_PERSON));
    const file = join(house.directory, 'contacts.csv');
    await writeContactsCsv(file, rows);
    const taken = [await load(house, company, file), await load(house, company, file)];
    const [worker] = house.processes('worker');
    return { seconds: taken, peak: worker ? await peakMiB(worker.pid) : NaN };
  });
  const many = rows.toLocaleString('en-US');
  const slower = Math.max(...seconds);
  return [
    {
      ...{ case: NAME, what: `a bulk load of ${many} contacts`, ours: withUnit(slower, 's'), peer: '' },
      ...{
        value: slower,
        unit: 's',
        wanted: { atMost: WANTED.seconds },
        samples: { new: seconds.slice(0, 1), same: seconds.slice(1) },
      },
    },
    {
      ...{
        case: NAME,
        what: `peak of a worker, a bulk load of ${many} contacts`,
        ours: withUnit(peak, 'MiB'),
        peer: '',
      },
      ...{ value: peak, unit: 'MiB', wanted: { atMost: WANTED.mebibytes }, samples: { peak: [peak] } },
    },
  ];
}

async function addPersons({ db }: House, { companyId }: Company, people: number) {
  await db.execute(
    `insert into person (company_id, external_id, first_name) select $1, 'person-' || n, 'Robin' from generate_series(1, $2::int) n`,
    [companyId, people],
  );
  await db.execute('analyze');
}

/** Loads a file through the API; gives the seconds of the load itself, by the database's clock. */
async function load({ db, url }: House, { apiKey }: Company, file: string): Promise<number> {
  const response = await fetch(`${url}/api/imports/contacts`, {
    ...{ method: 'POST', duplex: 'half' as const, headers: { 'X-API-KEY': apiKey, 'Content-Type': 'text/csv' } },
    body: Readable.toWeb(createReadStream(file)) as ReadableStream,
  });
  const answer = (await response.json()) as { data?: { id: string } };
  if (!answer.data) throw new Error(`the load was answered ${response.status}: ${JSON.stringify(answer)}`);
  const look = async () => {
    const [row] = await db.query<{ status: string; seconds: number; error: string | null }>(
      `select status, error_message as error, extract(epoch from finished_at - started_at)::float as seconds
       from task where id = $1 and finished_at is not null`,
      [answer.data?.id],
    );
    return row;
  };
  const done = await waitFor(look, { timeoutMs: TIMEOUT_MS, everyMs: 100, what: 'the bulk load' });
  if (done.status !== 'succeeded') throw new Error(`the bulk load has ${done.status}: ${done.error ?? ''}`);
  return done.seconds;
}
