import { type Database } from '@muster/core/database';
import { type AudienceScope } from '@muster/pipeline/ports';
import { quoteLiteral } from '../sqlText.ts';
import { scratchTables } from '../scratchTables.ts';
import { GATHER_FROM_ROWS } from './gatherFacts.ts';

/**
 * The zones that the persons of a run, and their do-not-interacts, may name. Of a small run those that they do name: to tell
 * the clocks of all others would take longer than the verdict. One that comes in meanwhile is a zone that nobody knows.
 */
export async function zonesOfRun(tx: Database, scope: AudienceScope, rows: number): Promise<string[]> {
  if (rows >= GATHER_FROM_ROWS) return knownZones(tx);
  const { checked } = scratchTables(scope);
  const named = await tx.query<{ zone: string }>(`
    with persons as materialized (select distinct person_key from ${checked} where reason is null)
    select min(zone) as zone from (
      select time_zone as zone from person join persons on persons.person_key = person.key where time_zone is not null
      union
      select timezone from do_not_interact noted join persons on persons.person_key = noted.person_key
      where noted.company_id = ${quoteLiteral(scope.companyId)} and noted.deleted_at is null and timezone is not null
    ) named group by lower(zone) order by 1`); // names are taken in any case, and each must be met once
  return named.map(({ zone }) => zone);
}

/**
 * Every zone that may be named in the directory: those of the database's release, and where the engine's is newer its own.
 * What is none of these has never been taken in.
 */
export async function knownZones(db: Database): Promise<string[]> {
  const rows = await db.query<{ name: string }>('select name from time_zone');
  return [...new Set([...rows.map(({ name }) => name), ...Intl.supportedValuesOf('timeZone')])];
}
