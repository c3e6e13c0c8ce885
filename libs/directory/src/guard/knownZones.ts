import { type Database } from '@muster/core/database';

/** Every zone that may be named in the directory: what is none of these has never been taken in. */
export async function knownZones(db: Database): Promise<string[]> {
  return (await db.query<{ name: string }>('select name from time_zone')).map(({ name }) => name);
}
