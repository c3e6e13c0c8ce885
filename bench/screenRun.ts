import { Readable } from 'node:stream';
import { defaultGuardSettings } from '@muster/core/guardSettings';
import { migrate } from '@muster/db/migrate';
import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { releaseReservations } from '@muster/db/releaseReservations';
import { audience } from '@muster/directory/audience';
import { scratchTables } from '@muster/directory/scratchTables';
import { type Audience, type Matching } from '@muster/pipeline/ports';
import { insertCompany, insertRow } from '@muster/testing/factories';
import { startPostgres } from '@muster/testing/startPostgres';
import { expectSets, plansOf } from './planOf.ts';
import { type Bench, byHand, digestOf, prepareByHand } from './screenByHand.ts';

// What it costs to screen a run of 500,000 borrowers, against the scripts that somebody would write by hand: with the same
// rules, and with the frequency rule alone. They print who may be called and no more: no reasons, no reservations. To reach:
// the screening at most twice the time of the script with the same rules. `npm run bench -- screenRun [borrowers] [people]`

const ROUNDS = 3;
const never = new AbortController().signal;

type Part = 'frequencyScript' | 'script' | 'load' | 'screening' | 'files' | 'all';

/** Prints seconds of all, the best of some rounds taken in turns, and the plan of the screening. */
export async function screenRun(borrowers = 500_000, people = 1_000_000): Promise<void> {
  const settings = { shared_buffers: process.env['SHARED_BUFFERS'] ?? '1GB', max_parallel_workers_per_gather: '2' };
  const postgres = await startPostgres({ settings });
  const db = await migrate(postgres.url).then(() => openDatabase({ url: postgres.url }));
  try {
    const companyId = await seed(db, people);
    await prepareByHand(db);
    await vacuum(postgres.url);
    await rounds({ db, companyId, ids: idsOf(borrowers, people) }, { borrowers, people });
  } finally {
    await db.close();
    await postgres.stop();
  }
}

async function rounds(bench: Bench, sizes: { borrowers: number; people: number }) {
  const taken: Record<Part, number>[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const { counts, contacts, plan, ...times } = await byMuster(bench, round);
    const [frequencyScript] = await secondsOf(() => byHand(bench, 'frequency'));
    const [script, printed] = await secondsOf(() => byHand(bench, 'all'));
    if (printed !== contacts) throw new Error('the script and we disagree about who may be called');
    taken.push({ frequencyScript, script, ...times });
    if (round === 1) console.log(plan);
    console.log({ ...taken.at(-1), counts });
    expectSets(plan);
  }
  const best = (part: Part) => Math.min(...taken.map((times) => times[part]));
  const ratio = (part: Part, to: Part) => Number((best(part) / best(to)).toFixed(2));
  const screening = ratio('screening', 'script');
  console.log({
    ...sizes,
    screeningByScript: `${screening} ${screening <= WANTED ? 'reached' : `missed (wanted ${WANTED})`}`,
    allFilesByScript: ratio('all', 'script'),
    screeningByFrequencyScript: ratio('screening', 'frequencyScript'),
  });
}

/** The screening's time by that of the script with the same rules. */
const WANTED = 2;

export function idsOf(borrowers: number, people: number) {
  const step = people / borrowers;
  return Buffer.from(Array.from({ length: borrowers }, (_, at) => `${1 + Math.floor(at * step)}\n`).join(''));
}

async function byMuster({ db, companyId, ids }: Bench, round: number) {
  const scope = { runId: `CR-BENCH-${round}`, companyId, attempt: 1 };
  await beginRun(db, companyId, scope.runId);
  const csv = Readable.from([Buffer.from('id\n'), ids]);
  const [load] = await secondsOf(() => audience(db).load(scope, csv, never));
  const matching = matchingOf(scope.runId, await db.now());
  const [screening, { plans, result }] = await secondsOf(() =>
    plansOf(db, (to) => audience(to).match(scope, matching, never)),
  );
  const { counts, cache } = result;
  const [files, contacts] = await secondsOf(() => writeFiles(audience(db), { scope, cache, matching }));
  await db.transaction((tx) => releaseReservations(tx, scope.runId));
  await audience(db).drop(scope.runId);
  return {
    load,
    screening,
    files,
    all: load + screening + files,
    counts,
    contacts,
    plan: plans.get(scratchTables(scope).matched) ?? '',
  };
}

/** Gives the digest of the contacts file, without its header. */
async function writeFiles(
  subject: Audience,
  {
    scope,
    cache,
    matching,
  }: { scope: Parameters<Audience['load']>[0]; cache: Parameters<Audience['holds']>[0]; matching: Matching },
) {
  await digestOf((to) => subject.writeInput(scope, to));
  await digestOf((to) => subject.writeMatches(cache, to));
  await digestOf((to) => subject.writeExclusions(scope, to));
  return digestOf((to) => subject.writeContacts(cache, matching, to), { header: true });
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

async function secondsOf<Result>(work: () => Promise<Result>): Promise<[number, Result]> {
  const startedAt = performance.now();
  const result = await work();
  return [Number(((performance.now() - startedAt) / 1000).toFixed(2)), result];
}
