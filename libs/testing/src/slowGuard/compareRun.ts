import { scratchTables } from '@muster/directory/scratchTables';
import { type SlowCase } from './caseArbitrary.ts';
import { type Disagreement, type GuardBench, isOther } from './disagreement.ts';
import { judgeSlowly, type SlowVerdict } from './judgeSlowly.ts';
import { OWN_RUN } from './pastArbitrary.ts';
import { type SlowRun, type SlowSetting } from './settingArbitrary.ts';
import { type SlowContact } from './slowWorld.ts';
import { slowKeys } from './storePeople.ts';

interface Screening {
  first: number;
  setting: SlowSetting;
  cases: readonly SlowCase[];
  run: SlowRun;
  /** One of its own for each run, which are all of one id. */
  attempt: number;
}

/** Runs a screening of all cases, and holds every row of it, and its file, against the slow model. */
export async function compareRun(bench: GuardBench, screening: Screening): Promise<Disagreement[]> {
  const lines = linesOf(screening);
  const { rows } = await bench.run(csvOf(lines, screening), exporterOf(screening.run), {
    ...{ timeZone: screening.setting.companyZone, now: screening.setting.now, guard: screening.setting.guard },
    attempt: screening.attempt,
  });
  const ids = await idsOf(bench, screening.first);
  const said = await verdictsOf(bench, screening);
  const found: Disagreement[] = [];
  const file: string[][] = [];
  for (const [line, { at, loan }] of lines.entries()) {
    const guards = said.get(line + FIRST_LINE) ?? new Map<string, SlowVerdict>();
    const models = expectedOf(screening, { at, loan, ids });
    for (const id of new Set([...guards.keys(), ...models.keys()])) {
      const [guard, model] = [guards.get(id), models.get(id)];
      if (isOther(guard, model)) found.push({ at, where: `loan ${loan ?? 'of none'}, contact ${id}`, guard, model });
    }
    for (const [id, { reasons, callFrom, callUntil }] of models) {
      if (reasons.length === 0) file.push([id, callFrom ?? '', callUntil ?? '']);
    }
  }
  if (found.length === 0 && JSON.stringify(rows) !== JSON.stringify(file))
    throw new Error('the file is not as screened');
  return found;
}

const FIRST_LINE = 2; // the header is line 1

interface Line {
  /** The position of the case. */
  at: number;
  loan: number | null;
}

function linesOf({ cases, run }: Screening): Line[] {
  return cases.flatMap(({ rows }, at) => (run.hasLoans ? rows : [null]).map((loan) => ({ at, loan })));
}

function csvOf(lines: readonly Line[], { first, run }: Screening) {
  const cells = lines.map(({ at, loan }) => {
    const person = slowKeys.person(first, at);
    return run.hasLoans ? `${person},${loan === null ? '' : slowKeys.ofPerson(person, loan)}` : String(person);
  });
  return [run.hasLoans ? 'id,loanId' : 'id', ...cells, ''].join('\r\n');
}

function exporterOf({ criteria, check }: SlowRun) {
  const fields = ['contact.id', 'screening.callFrom', 'screening.callUntil'];
  return {
    contactMatchingCriteria: criteria,
    columnSettings: fields.map((field) => ({ field })),
    checkCanInteractData: check,
  };
}

/** What the model says of each contact that matches, by id, in the order of the file. */
function expectedOf(
  { first, setting, cases, run }: Screening,
  { at, loan, ids }: Line & { ids: ReadonlyMap<string, string> },
): Map<string, SlowVerdict> {
  const person = cases[at]?.person;
  if (loan !== null && person?.loans[loan]?.isDeleted) return new Map(); // a row that names it does not go on
  const matching = (person?.contacts ?? [])
    .map((contact, n) => ({ contact, n, id: ids.get(String(slowKeys.ofPerson(slowKeys.person(first, at), n))) ?? '' }))
    .filter(({ contact }) => isWanted(contact, run))
    .sort((a, b) => ranks.indexOf(a.contact.status) - ranks.indexOf(b.contact.status) || (a.id < b.id ? -1 : 1));
  const channels = { phone: 'voice', email: 'email', address: 'mail' } as const;
  const { now, companyZone, guard } = setting;
  return new Map(
    matching.flatMap(({ contact, n, id }) => {
      const question = {
        ...{ now, companyZone, guard, atNoon: true, ...run.check, channel: channels[contact.type], contact: n, loan },
        ...{ takesArchived: run.criteria.status?.includes('archived') ?? false, ownRun: OWN_RUN },
      };
      return person ? [[id, judgeSlowly(person, question)]] : [];
    }),
  );
}

const ranks = ['primary', 'secondary', 'additional', 'archived'];

function isWanted(contact: SlowContact, { criteria }: SlowRun) {
  if (contact.isDeleted) return false;
  if (criteria.contactType && !criteria.contactType.includes(contact.type)) return false;
  if (criteria.affiliation && !criteria.affiliation.includes(contact.affiliation)) return false;
  if (criteria.label && (contact.label === null || !criteria.label.includes(contact.label))) return false;
  return criteria.status ? criteria.status.includes(contact.status) : contact.status !== 'archived';
}

async function idsOf({ db }: GuardBench, first: number): Promise<Map<string, string>> {
  const rows = await db.query<{ key: string; id: string }>('select key, id from contact where person_key >= $1', [
    first,
  ]);
  return new Map(rows.map(({ key, id }) => [key, id]));
}

interface Screened {
  line: string;
  id: string;
  reasons: string[] | null;
  rules: string[] | null;
  compared: string[] | null;
  packs: string;
  callFrom: string | null;
  callUntil: string | null;
}

/** What the run's table says, by line and contact. */
async function verdictsOf(
  { db, scope }: GuardBench,
  { attempt }: Screening,
): Promise<Map<number, Map<string, SlowVerdict>>> {
  const rows = await db.query<Screened>(
    `select line, contact_id as id, reasons, rules, compared, packs, f2 as "callFrom", f3 as "callUntil"
     from ${scratchTables(scope(attempt)).matched}`,
  );
  const said = new Map<number, Map<string, SlowVerdict>>();
  for (const { line, id, reasons, rules, compared, packs, callFrom, callUntil } of rows) {
    const told = (reasons ?? []).map((code, n) => `${code} ${rules?.[n] ?? ''}: ${compared?.[n] ?? ''}`);
    const verdict = { reasons: told, packs, callFrom, callUntil };
    const contacts = said.get(Number(line)) ?? new Map<string, SlowVerdict>();
    said.set(Number(line), contacts.set(id, verdict));
  }
  return said;
}
