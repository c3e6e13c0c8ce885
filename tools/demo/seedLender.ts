import { type Database } from '@muster/core/database';

/** The query that the demo's Redash keeps: who is 30 or more days past due. */
export const pastDueQuery = `select borrower_id as id, loan_id as "loanId", days_past_due, amount_due
from lender.loan_status
where days_past_due >= 30
order by days_past_due desc, row_number`;

/**
 * The lender's own books, as a warehouse would have them: a table that knows our displayIds, with the blemishes of real
 * data - a few rows twice, a borrower whom nobody knows, one without an id.
 */
export async function seedLender(tx: Database, { referenceAt }: { referenceAt: Date }): Promise<void> {
  await tx.execute('create schema if not exists lender');
  await tx.execute(`
    create table if not exists lender.loan_status (
      row_number bigint generated always as identity, borrower_id bigint, loan_id bigint, product text,
      days_past_due int not null, amount_due numeric(10, 2) not null, last_payment_on date
    )`);
  await tx.execute(
    `insert into lender.loan_status (borrower_id, loan_id, product, days_past_due, amount_due, last_payment_on)
     with loans as (
       select b.key as borrower, loan.key as loan, pg_temp.pick(loan_n, 'product', array['auto', 'personal', 'card']) as product,
         case when d < 62 then 0 when d < 81 then 1 + d % 29 else 30 + pg_temp.roll(loan_n, 'late', 91) end as days,
         (25 + pg_temp.roll(loan_n, 'due', 90000) / 100.0)::numeric(10, 2) as due, loan_n
       from borrower b
       join loan on loan.person_key = b.key and loan.status in ('active', 'chargedOff'),
         lateral (select b.n * 10 + right(loan.external_id, 1)::int as loan_n) numbered,
         lateral (select pg_temp.roll(loan_n, 'past due', 100) as d) dice
     ), blemishes as (
       (select * from loans where days >= 30 order by loan_n limit 4)
       union all values (999999999, null::bigint, 'auto', 45, 310.00, 1000000), (null, null, 'card', 33, 75.50, 1000001)
     )
     select borrower, loan, product, days, due, $1::date - days - pg_temp.roll(loan_n, 'paid', 28)
     from (select * from loans union all select * from blemishes) everything
     order by loan_n`,
    [referenceAt],
  );
}
