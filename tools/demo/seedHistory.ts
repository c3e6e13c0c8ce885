import { type Database } from '@muster/core/database';

interface Seeding {
  companyId: string;
  referenceAt: Date;
}

/** What has happened with the borrowers in the four weeks before, and what they have agreed to, and asked not to happen. */
export async function seedHistory(tx: Database, seeding: Seeding): Promise<void> {
  await seedInteractions(tx, seeding);
  await seedConsents(tx, seeding);
  await seedDoNotInteracts(tx, seeding);
}

async function seedInteractions(tx: Database, { companyId, referenceAt }: Seeding) {
  await tx.execute(
    `insert into interaction (company_id, external_id, person_key, loan_keys, contact_key, channel, direction, status, status_details, theme, started_at)
     select $1, 'I-' || lpad(b.n::text, 5, '0') || '-' || nth, b.key, array[loan.key], contact.key, channel,
       case when channel = 'voice' and d = 0 then 'inbound' else 'outbound' end,
       case when channel <> 'voice' or d < 3 then 'succeeded' else 'attempted' end,
       case when channel = 'voice' and d < 3 then 'voiceSpokeWithFirstParty' end,
       case when d % 3 = 0 then 'opsServicing' else 'opsCollDebt' end,
       $2::timestamptz - interval '1 minute' * pg_temp.roll(b.n, 'minute' || nth, 28 * 24 * 60)
     from borrower b
     join loan on loan.company_id = $1 and loan.external_id = 'L-' || lpad(b.n::text, 5, '0') || '-1'
     cross join generate_series(1, pg_temp.roll(b.n, 'interactions', 5)) nth
     cross join lateral (
       select pg_temp.pick(b.n, 'channel' || nth, array['voice', 'voice', 'voice', 'email', 'text']) as channel,
         pg_temp.roll(b.n, 'details' || nth, 12) as d
     ) dice
     left join contact on contact.company_id = $1
       and contact.external_id = 'C-' || lpad(b.n::text, 5, '0') || case when channel = 'email' then '-email' else '-mobile' end
     order by b.n, nth`,
    [companyId, referenceAt],
  );
}

// per cent of the borrowers who have agreed, and of those who have taken it back
const consentKinds = [
  ['autodialedColl', 90, 3],
  ['electronicComms', 60, 4],
  ['contactPersonWork', 15, 2],
  ['contactPersonUnusualTime', 2, 0],
];

async function seedConsents(tx: Database, { companyId }: Seeding) {
  await tx.execute(
    `insert into consent (company_id, person_key, name, status)
     select $1, key, name, case when d < agreed then 'consented' else 'revoked' end
     from borrower
     cross join lateral (
       select k ->> 0 as name, (k ->> 1)::int as agreed, (k ->> 2)::int as revoked from jsonb_array_elements($2::jsonb) k
     ) kinds, lateral (select pg_temp.roll(n, name, 100) as d) dice
     where d < agreed + revoked
     order by n, name collate "C"`,
    [companyId, JSON.stringify(consentKinds)],
  );
}

// One borrower in 25: some for good, some for a channel, a label, some hours or a time that has passed.
async function seedDoNotInteracts(tx: Database, { companyId, referenceAt }: Seeding) {
  await tx.execute(
    `insert into do_not_interact (company_id, external_id, person_key, case_id, channels, themes, start_date, end_date, timezone, times_of_day, contact_labels, source)
     select $1, 'D-' || lpad(n::text, 5, '0'), key, 'CS-DEMO-0001',
       case when kind in (0, 1) then array['all'] when kind = 2 then array['email', 'text'] else array['voice'] end,
       array['all'], $2::date - 30 - pg_temp.roll(n, 'since', 300),
       case when kind = 1 then $2::date - 1 end,
       case when kind = 3 then time_zone end,
       case when kind = 3 then '[{"fromHour": 8, "toHour": 12}]'::jsonb end,
       case when kind = 4 then array['work'] end,
       'borrower'
     from borrower, lateral (select pg_temp.roll(n, 'do not kind', 6) as kind) dice
     where pg_temp.roll(n, 'do not', 25) = 0
     order by n`,
    [companyId, referenceAt],
  );
}
