import { type CompanyDatabase } from './openDatabase.ts';

/**
 * Of a company whose webhook is another one now, or has another secret: what is open and was on its way to the one before is
 * told at once, from the first try on, whether that one was given up or waits.
 */
export async function tellAnew(tx: CompanyDatabase): Promise<void> {
  // without a webhook for a while, what was on its way to one is `none`, with its tries
  await tx.execute(
    `update alert set webhook = 'pending', tries = 0, next_try_at = clock_timestamp(), last_error = null
     where company_id = $1 and resolved_at is null and (webhook in ('pending', 'dead') or webhook = 'none' and tries > 0)`,
    [tx.companyId],
  );
}
