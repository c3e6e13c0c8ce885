import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type ContactExporterSettings } from '@muster/core/contactExporter';
import { defaultGuardSettings, type GuardSettings } from '@muster/core/guardSettings';
import { type Database } from '@muster/core/database';
import { openDatabase } from '@muster/db/openDatabase';
import { audience } from '@muster/directory/audience';
import { outsideGuardOf } from '@muster/pipeline/outsideGuardOf';
import { type Audience, type Matching, type OutsideAsking } from '@muster/pipeline/ports';
import { insertCompany } from './factories.ts';
import { FakeOutsideGuard } from './fakeOutsideGuard.ts';
import { parseCsv } from './parseCsv.ts';
import { createTestDatabase } from './testDatabase.ts';

const runId = 'CR-TEST-RUNS';
/** 12:34 of a Wednesday in New York. */
const now = new Date('2026-03-04T17:34:00Z');
const never = new AbortController().signal;

/** A migrated database with one company, and what a run of it does to an audience. */
export async function audienceBench() {
  const server = await createTestDatabase();
  const db = await openDatabase({ url: server.url });
  const companyId = await insertCompany(db);
  return {
    db,
    companyId,
    scope: (attempt = 1) => ({ runId, companyId, attempt }),
    audience: audience(db),
    run: (csv: string, exporter: Partial<ContactExporterSettings> = {}, over: RunOptions = {}) =>
      runOnce({ csv, exporter, companyId, db, attempt: 1, ...over }),
    close: async () => {
      await db.close();
      await server.drop();
    },
  };
}

export interface RunOptions {
  attempt?: number;
  /** Of a run that is stored: only then can it reserve. */
  runId?: string;
  timeZone?: string;
  guard?: Partial<GuardSettings>;
  gatherFrom?: number;
  now?: Date;
  /** Asked where `guard` names a complianceGuardUrl. */
  outside?: FakeOutsideGuard;
  db?: Database;
}

interface WholeRun extends RunOptions {
  csv: string;
  exporter: Partial<ContactExporterSettings>;
  companyId: string;
  db: Database;
  attempt: number;
}

async function runOnce({ csv, exporter, companyId, db, attempt, ...over }: WholeRun) {
  const { gatherFrom } = over;
  const subject = audience(db, {
    reserves: over.runId !== undefined,
    ...(gatherFrom !== undefined && { gatherFrom }),
  });
  const scope = { runId: over.runId ?? runId, companyId, attempt };
  const { columns, ...input } = await subject.load(scope, Readable.from([Buffer.from(csv)]), never);
  const matching = matchingOf(exporter, columns, over);
  const { outside = new FakeOutsideGuard() } = over;
  const ask: OutsideAsking['ask'] = (checks) => outside.check('https://guard.example.com', checks, never);
  if (outsideGuardOf(matching) !== null) await subject.askOutside(scope, matching, { ask, signal: never });
  const { counts, cache } = await subject.match(scope, matching, never);
  const contacts = await textOf((to) => subject.writeContacts(cache, matching, to));
  const exclusions = await textOf((to) => subject.writeExclusions(scope, to));
  return {
    ...{ columns, input, counts, cache, matching, contacts },
    rows: parseCsv(contacts).slice(1),
    excluded: parseCsv(exclusions).slice(1),
    campaignInput: await textOf((to) => subject.writeInput(scope, to)),
    matches: await textOf((to) => subject.writeMatches(cache, to)),
  };
}

/** The settings of a matching: phones by displayId, unscreened, unless said otherwise. */
export function matchingOf(
  exporter: Partial<ContactExporterSettings>,
  queryColumns: string[],
  over: RunOptions = {},
): Matching {
  return {
    exporter: {
      id: 'CE-TEST-TEST',
      contactMatchingCriteria: { contactType: ['phone'] },
      columnSettings: [{ field: 'person.displayId' }, { field: 'contact.value' }],
      checkCanInteractData: null,
      ...exporter,
    },
    run: { id: runId, campaignId: 'CM-TEST-TEST', startedAt: now },
    timeZone: over.timeZone ?? 'America/New_York',
    guard: { ...defaultGuardSettings, ...over.guard },
    queryColumns,
    now: over.now ?? now,
  };
}

/** The text that one of the audience's methods writes; checks that it counts its rows right. */
export async function textOf(write: (to: PassThrough) => ReturnType<Audience['writeInput']>): Promise<string> {
  const to = new PassThrough();
  const [written, rows] = await Promise.all([text(to), write(to)]);
  const found = parseCsv(written).length - 1;
  if (found !== rows) throw new Error(`${found} rows were written, but ${rows} were reported`);
  return written;
}
