import { type Database } from '@muster/core/database';

interface Taken {
  table: 'sms_message' | 'sms_text' | 'sms_charge';
  guid: string;
  attempt: number;
}

/** A worker that was taken for lost was only slow: the crash that its successor has counted was none. */
export async function takeCrashBack(db: Database, { table, guid, attempt }: Taken): Promise<void> {
  await db.execute(
    `update ${table} set crashes = greatest(crashes - 1, 0) where guid = $1 and attempt > $2 and crashes > 0`,
    [guid, attempt],
  );
}
