import { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { defaultGuardSettings } from '@muster/core/guardSettings';
import { migrate } from '@muster/db/migrate';
import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { audience } from '@muster/directory/audience';
import { type Audience, type Matching } from '@muster/pipeline/ports';
import { insertCompany, insertRow } from '@muster/testing/factories';
import { startPostgres } from '@muster/testing/startPostgres';

// What it costs to screen a run of 500,000 borrowers by all rules, against the script that somebody would write by hand: the
// ids copied in, one join of people, contacts and a frequency rule, the numbers copied out. To reach: the screening at most
// twice the time of that script. `npm run bench -- screenRun [borrowers] [people]`

const ROUNDS = 3;
const never = new AbortController().signal;

/** Prints seconds of both, the best of some rounds taken in turns. */
export async function screenRun(borrowers = 500_000, people = 1_000_000): Promise<void> {
  const settings = { shared_buffers: process.env['SHARED_BUFFERS'] ?? '1GB', max_parallel_workers_per_gather: '2' };
  const postgres = await startPostgres({ settings });
  const db = await migrate(postgres.url).then(() => openDatabase({ url: postgres.url }));
  try {
    const companyId = await seed(db, people);
    await vacuum(postgres.url);
    const bench = { db, companyId, ids: idsOf(borrowers, people) };
    const rounds: Record<'script' | 'load' | 'screening' | 'files' | 'all', number>[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const { counts, ...times } = await byMuster(bench, round);
      rounds.push({ script: await byHand(bench), ...times });
      console.log({ ...rounds.at(-1), counts });
    }
    const best = (name: 'script' | 'screening' | 'all') => Math.min(...rounds.map((times) => times[name]));
    const ratio = (name: 'screening' | 'all') => (best(name) / best('script')).toFixed(2);
    console.log({ borrowers, people, screeningByScript: ratio('screening'), allFilesByScript: ratio('all') });
  } finally {
    await db.close();
    await postgres.stop();
  }
}

interface Bench {
  db: OpenDatabase;
  companyId: string;
  /** The query's result, as CSV without a header. */
  ids: Buffer;
}

export function idsOf(borrowers: number, people: number) {
  const step = people / borrowers;
  return Buffer.from(Array.from({ length: borrowers }, (_, at) => `${1 + Math.floor(at * step)}\n`).join(''));
}

async function byHand({ db, companyId, ids }: Bench) {
  return secondsOf(async () => {
    await db.transaction(async (tx) => {
      await tx.query(`select set_config('work_mem', '128MB', true)`);
      await tx.execute('create temp table wanted (id bigint) on commit drop');
      await tx.copyIn('copy wanted from stdin', Readable.from([ids]));
      await tx.execute('analyze wanted');
      await drain((to) =>
        tx.copyOut(
          `copy (
             select p.key, c.value, p.first_name, p.last_name from wanted w
             join person p on p.key = w.id and p.company_id = '${companyId}'
             join contact c on c.person_key = p.key and c.contact_type = 'phone' and c.status <> 'archived'
             left join (select person_key, count(*) as tries from interaction
               where channel = 'voice' and direction = 'outbound' and started_at > now() - interval '7 days'
               group by person_key) i on i.person_key = p.key
             where coalesce(tries, 0) < 7
             order by p.key) to stdout (format csv)`,
          to,
        ),
      );
    });
  });
}

async function byMuster({ db, companyId, ids }: Bench, round: number) {
  const subject = audience(db);
  const scope = { runId: `CR-BENCH-${round}`, companyId, attempt: 1 };
  await beginRun(db, companyId, scope.runId);
  const csv = Readable.from([Buffer.from('id\n'), ids]);
  const load = await secondsOf(() => subject.load(scope, csv, never));
  const matching = matchingOf(scope.runId, await db.now());
  let counts = {};
  let cache = { table: '', marker: '' };
  const screening = await secondsOf(async () => ({ counts, cache } = await subject.match(scope, matching, never)));
  const files = await secondsOf(() => writeFiles(subject, { scope, cache, matching }));
  await db.execute('update reservation set released_at = now() where run_id = $1', [scope.runId]);
  await subject.drop(scope.runId);
  return { load, screening, files, all: load + screening + files, counts };
}

async function writeFiles(
  subject: Audience,
  {
    scope,
    cache,
    matching,
  }: { scope: Parameters<Audience['load']>[0]; cache: Parameters<Audience['holds']>[0]; matching: Matching },
) {
  await drain((to) => subject.writeInput(scope, to));
  await drain((to) => subject.writeMatches(cache, to));
  await drain((to) => subject.writeExclusions(scope, to));
  await drain((to) => subject.writeContacts(cache, matching, to));
}

export function matchingOf(runId: string, now: Date): Matching {
  return {
    exporter: {
      id: 'CE-BENCH',
      contactMatchingCriteria: { contactType: ['phone'] },
      columnSettings: ['person.displayId', 'contact.value', 'person.name.firstName', 'person.name.lastName'].map(
        (field) => ({ field }),
      ),
      checkCanInteractData: { theme: 'opsCollDebt', isAutodialed: false },
    },
    run: { id: runId, campaignId: 'CM-BENCH', startedAt: now },
    timeZone: 'America/New_York',
    guard: { ...defaultGuardSettings, rulePacksByState: process.env['PACKS'] ? { MA: 'massachusetts' } : {} },
    queryColumns: ['id'],
    now,
  };
}

/** What the figures of the design were taken with: two contacts a person, one interaction; and something for every rule. */
export async function seed(db: OpenDatabase, people: number) {
  const companyId = await insertCompany(db);
  const areas = `(array[212, 213, 305, 312, 404, 415, 503, 512, 602, 617, 646, 702, 713, 718, 773, 818, 832, 850, 916, 972])`;
  const states = `(array['NY', 'CA', 'TX', 'MA', 'Florida', 'IL', 'wa', 'OH'])`;
  const from = `from generate_series(1, ${people}) n`;
  const insert = async (table: string, columns: string, select: string) =>
    db.execute(`insert into ${table} (company_id, ${columns}) select '${companyId}', ${select}`);
  await insert(
    'person',
    'key, first_name, last_name, collections_intensity, time_zone, status',
    `n, 'Robin', 'Miller', (array['normal', 'normal', 'heavy', 'light'])[1 + n % 4],
     case when n % 11 = 0 then 'America/Chicago' end, case when n % 53 = 0 then 'inactive' else 'active' end ${from}`,
  );
  await insert(
    'contact',
    'person_key, contact_type, label, value, valid',
    `n, 'phone', 'home', '+1' || ${areas}[1 + n % 20] || lpad((2000000 + n * 7919::bigint % 7000000)::text, 7, '0'), n % 41 <> 0 ${from}`,
  );
  await insert(
    'contact',
    'person_key, contact_type, label, state',
    `n, 'address', 'home', ${states}[1 + n % 8] ${from}`,
  );
  await insert(
    'interaction',
    'person_key, channel, status, theme, started_at, status_details',
    `1 + (n * 104729::bigint) % (${people} / 3), 'voice', 'attempted', 'opsCollDebt',
     now() - (n % 20) * interval '1 day', case when n % 30 = 0 then 'voiceSpokeWithFirstParty' end ${from}`,
  );
  await insert('consent', 'person_key, name, status', `n, 'electronicComms', 'consented' ${from} where n % 5 = 0`);
  await insert(
    'do_not_interact',
    'person_key, channels, themes, start_date, end_date',
    `n, array['voice'], array['all'], current_date - 10, case when n % 2 = 0 then current_date + 10 end ${from} where n % 37 = 0`,
  );
  return companyId;
}

/** As the owner of the tables, for nobody else may. */
export async function vacuum(url: string) {
  const owner = await openDatabase({ url, asLogin: true });
  await owner.execute('vacuum analyze');
  await owner.close();
}

export async function beginRun(db: OpenDatabase, companyId: string, id: string) {
  const campaign = await insertRow<{ id: string }>(db, 'campaign', { companyId });
  await insertRow(db, 'run', { id, companyId, campaignId: campaign.id, trigger: 'manual', settings: {} });
}

async function drain(write: (to: PassThrough) => Promise<unknown>) {
  const to = new PassThrough();
  to.resume();
  await Promise.all([write(to), finished(to)]);
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return Number(((performance.now() - startedAt) / 1000).toFixed(2));
}
