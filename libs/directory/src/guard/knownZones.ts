import { type Database } from '@muster/core/database';

/**
 * Every zone that may be named in the directory: those of the database's release, and where the engine's is newer its own.
 * What is none of these has never been taken in.
 */
export async function knownZones(db: Database): Promise<string[]> {
  const rows = await db.query<{ name: string }>('select name from time_zone');
  return [...new Set([...rows.map(({ name }) => name), ...Intl.supportedValuesOf('timeZone')])];
}
