import { type CompanyDatabase } from './openDatabase.ts';

/**
 * Of a company whose webhook is another one now, or its first, or has another secret: what is open and nobody was told of is
 * told at once, from the first try on, whether the one before was given up, waits, or was not there. The outbox takes a few at
 * a time.
 */
export async function tellAnew(tx: CompanyDatabase): Promise<void> {
  await tx.execute(
    `update alert set webhook = 'pending', tries = 0, next_try_at = clock_timestamp(), last_error = null
     where company_id = $1 and resolved_at is null and webhook <> 'delivered'`,
    [tx.companyId],
  );
}
