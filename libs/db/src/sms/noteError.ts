import { type Database } from '@muster/core/database';

/** Says of a text that came in what went wrong with it: it is settled as an error, whatever else is done for it. */
export async function noteError(
  tx: Database,
  messageGuid: string,
  { code, message }: { code: string; message: string },
) {
  await tx.execute('update sms_message set error_code = $2, error_description = $3 where guid = $1', [
    messageGuid,
    code,
    message,
  ]);
}
