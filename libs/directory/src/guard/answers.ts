import { Readable } from 'node:stream';
import { type Database } from '@muster/core/database';
import { TemporaryFailure } from '@muster/core/errors';
import { type OutsideAnswer } from '@muster/pipeline/outsideGuard';
import { type AudienceScope } from '@muster/pipeline/ports';
import { scratchTables } from '../scratchTables.ts';

/** What the outside guard said of a row's contact. */
export interface Answered extends OutsideAnswer {
  line: string;
  contactKey: string;
}

/** Makes the table for what the outside guard will say, anew. */
export async function makeAnswers(tx: Database, scope: AudienceScope): Promise<void> {
  const { answers } = scratchTables(scope);
  await tx.execute(`drop table if exists ${answers}`);
  await tx.execute(`create unlogged table ${answers} (line bigint, contact_key bigint, allowed boolean, said text)`);
}

/** Keeps what it said, until the rows are matched. */
export async function keepAnswers(db: Database, scope: AudienceScope, answered: readonly Answered[]): Promise<void> {
  const lines = answered.map(
    ({ line, contactKey, allowed, said }) =>
      `${line},${contactKey},${allowed},${said === null ? '' : `"${said.replaceAll('"', '""')}"`}\n`,
  );
  const copy = `copy ${scratchTables(scope).answers} (line, contact_key, allowed, said) from stdin (format csv)`;
  await db.copyIn(copy, Readable.from([lines.join('')]));
}

/**
 * The table of the answers. Throws TemporaryFailure `answersLost` where there is none; that it was not emptied by a crash of
 * PostgreSQL, the rows tell, which would be gone as well.
 */
export async function heldAnswers(tx: Database, scope: AudienceScope): Promise<string> {
  const { answers } = scratchTables(scope);
  const [there] = await tx.query<{ table: boolean }>('select to_regclass($1) is not null as table', [answers]);
  if (there?.table) return answers;
  const say = "the answers of the company's compliance guard are no longer in the database: it is asked again";
  throw new TemporaryFailure('answersLost', say);
}
