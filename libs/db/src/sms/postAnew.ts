import { type CompanyDatabase } from '../openDatabase.ts';

/**
 * Of a company whose webhook for texts is another one now, or its first, or has another secret: what waits for it is posted at
 * once, from the first try on; a try that is under way counts no more. What was given up stays so.
 */
export async function postAnew(tx: CompanyDatabase): Promise<void> {
  await tx.execute(
    `update sms_post set tries = 0, attempt = attempt + 1, held = false, next_try_at = clock_timestamp()
     where company_id = $1 and kind = 'received' and state = 'pending'`,
    [tx.companyId],
  );
}
