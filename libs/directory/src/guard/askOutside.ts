import { type Database } from '@muster/core/database';
import { MOST_CHECKS, type OutsideCheck } from '@muster/pipeline/outsideGuard';
import { type AudienceScope, type Matching, type OutsideAsking, type OutsideCounts } from '@muster/pipeline/ports';
import { candidatesOf } from '../candidates.ts';
import { type inSets } from '../inSets.ts';
import { readLoaded } from '../loadedRows.ts';
import { scratchTables } from '../scratchTables.ts';
import { askedOfRun } from './askedOfRun.ts';
import { keepAnswers, makeAnswers } from './answers.ts';
import { GATHER_FROM_ROWS, gatherFacts } from './gatherFacts.ts';
import { judge } from './judge.ts';
import { zonesOfRun } from './knownZones.ts';

const PAGE = 20 * MOST_CHECKS; // so many are in memory at a time, whatever the size of the run

interface Asking extends OutsideAsking {
  scope: AudienceScope;
  matching: Matching;
}

interface Question {
  line: string;
  contactKey: string;
  personId: string;
  contactId: string;
  loanId: string | null;
  channel: string;
}

/**
 * Has `ask` judge each contact that our own rules let through, a page at a time, and keeps what it says for the matching.
 * Locks and reserves nothing, and holds no transaction while it waits: what changes meanwhile, the matching sees.
 */
export async function askOutside(
  db: Database,
  sets: ReturnType<typeof inSets>,
  { scope, matching, ask, signal }: Asking,
): Promise<OutsideCounts> {
  const { questions, answers } = scratchTables(scope);
  await sets((tx) => noteQuestions(tx, scope, matching), signal);
  const counts = { asked: 0, allowed: 0 };
  let page = await readPage(db, questions);
  while (page.length > 0) {
    signal.throwIfAborted();
    const told = await ask(page.map((question) => checkOf(question, matching)));
    const answered = page.flatMap(({ line, contactKey, contactId }) => {
      const answer = told.get(refOf({ line, contactId }));
      return answer ? [{ line, contactKey, ...answer }] : [];
    });
    await keepAnswers(db, scope, answered);
    counts.asked += page.length;
    counts.allowed += answered.filter(({ allowed }) => allowed).length;
    page = page.length < PAGE ? [] : await readPage(db, questions, page.at(-1));
  }
  await db.execute(`analyze ${answers}`);
  return counts;
}

async function noteQuestions(tx: Database, scope: AudienceScope, matching: Matching): Promise<void> {
  const { questions, ...tables } = scratchTables(scope);
  const { rows } = await readLoaded(tx, { questions, ...tables });
  await makeAnswers(tx, scope);
  const asked = askedOfRun(scope, matching, { zones: await zonesOfRun(tx, scope, rows), answers: null });
  if (!asked) throw new Error('nobody is asked of a run that is not screened');
  const facts = await gatherFacts(tx, scope, { asked, isWorthIt: rows >= GATHER_FROM_ROWS });
  const verdict = judge(facts.asked);
  const joins = { person: true, loan: true, query: false };
  await tx.execute(`drop table if exists ${questions}`);
  await tx.execute(`
    create unlogged table ${questions} as
    select r.line, c.key as contact_key, p.id as person_id, c.id as contact_id, l.id as loan_id, ${asked.channel} as channel
    ${candidatesOf({ scope, matching, joins, verdict })} and (${verdict.said}) is null
    order by line, contact_key`);
  await facts.drop();
  await tx.execute(`create index on ${questions} (line, contact_key)`);
  await tx.execute(`analyze ${questions}`);
}

/** The next questions in their order, by key: an offset would read all that came before, each time. */
function readPage(db: Database, questions: string, last?: Question): Promise<Question[]> {
  return db.query<Question>(
    `select line, contact_key as "contactKey", person_id as "personId", contact_id as "contactId", loan_id as "loanId", channel
     from ${questions} where (line, contact_key) > ($1::bigint, $2::bigint) order by line, contact_key limit ${PAGE}`,
    [last?.line ?? 0, last?.contactKey ?? 0],
  );
}

function checkOf({ line, contactId, personId, loanId, channel }: Question, { exporter }: Matching): OutsideCheck {
  const { theme = null, isAutodialed = false } = exporter.checkCanInteractData ?? {};
  return {
    ref: refOf({ line, contactId }),
    ...{ personId, contactId, channel, theme, loanId },
    isAutodialed: isAutodialed && channel === 'voice',
    checkAtCompanyNoon: true,
  };
}

// Of the whole run, not of the batch: an answer that belongs to another batch is none to this one.
function refOf({ line, contactId }: Pick<Question, 'line' | 'contactId'>) {
  return `${line}/${contactId}`;
}
