import { Readable } from 'node:stream';
import { type Theme } from '@muster/core/contactExporter';
import { type InteractionChannel } from '@muster/core/directory';
import { defaultGuardSettings, type GuardSettings } from '@muster/core/guardSettings';
import { audience } from '@muster/directory/audience';
import { canInteract } from '@muster/directory/guard/canInteract';
import { audienceBench, matchingOf } from './audienceBench.ts';
import {
  insertContact,
  insertDoNotInteract,
  insertLoan,
  insertPerson,
  insertReservation,
  insertRow,
  type Keyed,
  type NewContact,
  type NewDoNotInteract,
  type NewLoan,
  type NewPerson,
} from './factories.ts';

const HOUR_MS = 3_600_000;
const never = new AbortController().signal;

/** What was tried before: an outbound call that was attempted, about no loan, at no contact that we know, unless said otherwise. */
export interface Tried {
  /** Before the moment that is asked about. */
  hoursAgo: number;
  secondsMore?: number;
  /** The positions among the loans. */
  loans?: number[];
  /** `asked`: the contact that is asked about; a number: the position among the others. */
  at?: 'asked' | number | undefined;
  channel?: InteractionChannel;
  direction?: 'inbound' | 'outbound';
  status?: string;
  statusDetails?: string;
  theme?: Theme;
  deletedAt?: Date;
}

/** What other runs have handed over: a call about no loan, reserved just now for an hour, unless said otherwise. */
export interface Reserved {
  loan?: number;
  channel?: InteractionChannel;
  theme?: Theme;
  expiresInSeconds?: number;
  isReleased?: boolean;
  isConsumed?: boolean;
}

/** One person with all that is on record, and what is asked. */
export interface GuardCase {
  person?: Partial<NewPerson>;
  /** The contact that is asked about, by default a home phone in New York; null: none is named. */
  contact?: Partial<NewContact> | null;
  others?: Partial<NewContact>[];
  loans?: Partial<NewLoan>[];
  /** The positions of the loans that are asked about. */
  about?: number[];
  consents?: Record<string, 'consented' | 'revoked'>;
  doNotInteracts?: Partial<NewDoNotInteract>[];
  tried?: Tried[];
  reserved?: Reserved[];
  channel?: InteractionChannel;
  theme?: Theme | null;
  isAutodialed?: boolean;
  /** As exports ask; default true. */
  atNoon?: boolean;
  /** By default 12:34 of a Wednesday in New York. */
  now?: string;
  timeZone?: string;
  guard?: Partial<GuardSettings>;
}

/** What the guard says: the reasons, each with its rule and what was compared, in order; empty: it allows. */
export interface Said {
  reasons: string[];
  packs: string;
}

type Bench = Awaited<ReturnType<typeof audienceBench>>;

interface Scene {
  asked: GuardCase;
  now: Date;
  person: Keyed;
  contact: Keyed | undefined;
  about: string[];
}

/** A database with one company, in which each case is a person of its own: ask as many as you like. */
export async function guardBench() {
  const bench = await audienceBench();
  const otherRun = await insertRun(bench);
  const decide = async (asked: GuardCase) => askOnce(bench, await insertScene(bench, asked, otherRun));
  return {
    db: bench.db,
    companyId: bench.companyId,
    run: bench.run,
    /** What the single call says, with the hours. */
    decide,
    /** What the single call says; where a run could ask the same, it must say the same. */
    ask: async (asked: GuardCase): Promise<Said> => {
      const scene = await insertScene(bench, asked, otherRun);
      const { reasons, rulePacks } = await askOnce(bench, scene);
      const single = { reasons: reasons.map((of) => line(of.code, of.ruleId, of.compared)), packs: rulePacks };
      if (!couldBeARun(asked)) return single;
      const run = await askRun(bench, scene);
      if (JSON.stringify(run) === JSON.stringify(single)) return single;
      throw new Error(`a run says ${JSON.stringify(run)}, but the single call ${JSON.stringify(single)}`);
    },
    close: () => bench.close(),
  };
}

/** The rules that refuse, in order: `frequencyLimit reg-f/calls-in-7-days`. */
export function rulesOf({ reasons }: Said): string[] {
  return reasons.map((reason) => reason.split(':', 1).join());
}

function line(...[code, rule, compared]: [string, string, string]) {
  return `${code} ${rule}: ${compared}`;
}

const channelsOfTypes = { phone: 'voice', email: 'email', address: 'mail' } as const;

// A run asks as of noon, for contacts that are not archived, with a theme, about one loan at most, by the channel of their type.
function couldBeARun({ contact, theme, atNoon, channel, about }: GuardCase) {
  if (contact === null || contact?.status === 'archived' || theme === null || atNoon === false) return false;
  return (about ?? []).length <= 1 && (channel ?? 'voice') === channelsOfTypes[contact?.contactType ?? 'phone'];
}

async function insertRun({ db, companyId }: Bench) {
  const { id: campaignId } = await insertRow<Keyed>(db, 'campaign', { companyId });
  const run = { id: 'CR-OTHR-RUNS', companyId, campaignId, trigger: 'manual', settings: {}, status: 'succeeded' };
  return (await insertRow<Keyed>(db, 'run', run)).id;
}

async function insertScene(bench: Bench, asked: GuardCase, otherRun: string): Promise<Scene> {
  const { db, companyId } = bench;
  const now = new Date(asked.now ?? '2026-03-04T17:34:00Z');
  const person = await insertPerson(db, { companyId, ...asked.person });
  const ofPerson = { companyId, personKey: person.key };
  const contactOf = (values: Partial<NewContact>) => insertContact(db, { ...ofPerson, ...homePhone, ...values });
  const contact = asked.contact === null ? undefined : await contactOf(asked.contact ?? {});
  const others: Keyed[] = [];
  for (const other of asked.others ?? []) others.push(await contactOf(other));
  const loans: Keyed[] = [];
  for (const loan of asked.loans ?? []) loans.push(await insertLoan(db, { ...ofPerson, ...loan }));
  for (const [name, status] of Object.entries(asked.consents ?? {}))
    await insertRow(db, 'consent', { ...ofPerson, name, status });
  for (const note of asked.doNotInteracts ?? []) await insertDoNotInteract(db, { ...ofPerson, ...note });
  const keys = { loan: keyAt(loans), contact: (at: 'asked' | number) => (at === 'asked' ? contact : others[at])?.key };
  for (const each of asked.tried ?? [])
    await insertRow(db, 'interaction', { ...ofPerson, ...triedRow(each, now, keys) });
  for (const each of asked.reserved ?? [])
    await insertReservation(db, { ...ofPerson, runId: otherRun, ...reservedRow(each, now, keys) });
  return { asked, now, person, contact, about: (asked.about ?? []).map(keys.loan) };
}

const homePhone = { contactType: 'phone', label: 'home', value: '+12125550101' } as const;

function keyAt(of: Keyed[]) {
  return (at: number) => {
    const found = of[at];
    if (!found) throw new Error(`the case has no loan ${at}`);
    return found.key;
  };
}

interface Keys {
  loan: (at: number) => string;
  contact: (at: 'asked' | number) => string | undefined;
}

function triedRow(tried: Tried, now: Date, keys: Keys) {
  const { hoursAgo, secondsMore = 0, loans, at, ...values } = tried;
  return {
    ...{ channel: 'voice', status: 'attempted', theme: 'opsCollDebt', ...values },
    startedAt: new Date(now.getTime() - hoursAgo * HOUR_MS - secondsMore * 1000),
    loanKeys: loans?.map(keys.loan),
    contactKey: at === undefined ? undefined : keys.contact(at),
  };
}

function reservedRow(reserved: Reserved, now: Date, keys: Keys) {
  const { loan, channel = 'voice', theme = 'opsCollDebt', expiresInSeconds = 3600 } = reserved;
  return {
    ...{ channel, theme, loanKey: loan === undefined ? undefined : keys.loan(loan), reservedAt: now },
    expiresAt: new Date(now.getTime() + expiresInSeconds * 1000),
    releasedAt: reserved.isReleased ? now : undefined,
    consumedBy: reserved.isConsumed ? nextConsumer++ : undefined,
  };
}

let nextConsumer = 1_000_000; // no two reservations are consumed by the same attempt

function askOnce({ db, companyId }: Bench, { asked, now, person, contact, about }: Scene) {
  return canInteract(db, {
    ...{ companyId, now, personKey: person.key, contactKey: contact?.key ?? null, loanKeys: about },
    timeZone: asked.timeZone ?? 'America/New_York',
    guard: { ...defaultGuardSettings, ...asked.guard },
    channel: asked.channel ?? 'voice',
    theme: asked.theme === undefined ? 'opsCollDebt' : asked.theme,
    isAutodialed: asked.isAutodialed ?? false,
    checkAtCompanyNoon: asked.atNoon ?? true,
  });
}

async function askRun({ db, companyId }: Bench, { asked, now, person, contact, about }: Scene): Promise<Said> {
  const { timeZone, guard, isAutodialed = false, theme } = asked;
  const exporter = {
    contactMatchingCriteria: { contactType: ['phone' as const, 'email' as const, 'address' as const] },
    checkCanInteractData: { theme: theme ?? 'opsCollDebt', isAutodialed },
  };
  const scope = { runId: 'CR-TEST-RUNS', companyId, attempt: 1 };
  const subject = audience(db, { reserves: false });
  const csv = about.length === 0 ? `id\n${person.key}\n` : `id,loanId\n${person.key},${about.join()}\n`;
  const { columns } = await subject.load(scope, Readable.from([Buffer.from(csv)]), never);
  const over = { now, ...(timeZone !== undefined && { timeZone }), ...(guard && { guard }) };
  const { cache } = await subject.match(scope, matchingOf(exporter, columns, over), never);
  const [found] = await db.query<Record<'reasons' | 'rules' | 'compared', string[] | null> & { packs: string }>(
    `select reasons, rules, compared, packs from ${cache.table} where contact_id = $1`,
    [contact?.id],
  );
  if (!found) throw new Error('the run has not matched the contact');
  const reasons = (found.reasons ?? []).map((code, at) =>
    line(code, found.rules?.[at] ?? '', found.compared?.[at] ?? ''),
  );
  return { reasons, packs: found.packs };
}
