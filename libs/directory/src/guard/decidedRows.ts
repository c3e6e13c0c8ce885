import { channelOfContact } from './askedOfRun.ts';

/** The columns of a run's files that say what was decided. */
export const decidedColumns = {
  exclusions: ['borrowerId', 'loanId', 'contactId', 'reasons', 'rules', 'compared', 'rulePacks'],
  matches: ['contact_id', 'loan_key', 'packs'],
} as const;

/** A run's files as SQL can read them: subqueries that give their `decidedColumns`, all texts. */
export type DecidedRelations = Record<keyof typeof decidedColumns, string>;

/**
 * SQL that stores what the files say and gives how many decisions that were of `contacts`, and of `people` without one. Its
 * first parameters are the company's id, the run's, the moment of the verdicts and the theme.
 */
export function insertDecided(files: DecidedRelations): string {
  return `
    with stored as (
      insert into decision (company_id, run_id, decided_at, theme, person_key, contact_key, loan_keys, channel, verdict,
        reasons, rules, compared, rule_packs)
      select $1::text, $2::text, $3::timestamptz, $4::text, decided.*
      from (${decidedContacts(files)} union all ${peopleWithout(files)}) decided
      returning contact_key
    )
    select count(contact_key)::int as contacts, (count(*) - count(contact_key))::int as people from stored`;
}

function decidedContacts({ exclusions, matches }: DecidedRelations) {
  return `
    (select c.person_key, c.key, case when d.loan_key is not null then array[d.loan_key] end, ${channelOfContact},
      d.verdict, d.reasons, d.rules, d.compared, d.packs
    from (
      select m.contact_id, m.loan_key::bigint as loan_key, 'included' as verdict,
        null::text[] as reasons, null::text[] as rules, null::text[] as compared, m.packs
      from ${matches} m
      union all
      select e."contactId", ${loanKey}, 'excluded', string_to_array(e.reasons, ' '), string_to_array(e.rules, ' '),
        string_to_array(e.compared, '; '), e."rulePacks"
      from ${exclusions} e ${joinNamed('loan', 'e."loanId"')}
      where e."contactId" is not null
    ) d
    join contact c on c.id = d.contact_id and c.company_id = $1)`;
}

// The loan of a row that is not valid may be somebody else's. "offset 0": row-level security lets no index find a person by
// what is worked out in the condition itself, and all persons of the company would be read.
function peopleWithout({ exclusions }: DecidedRelations) {
  return `
    (select distinct p.key, null::bigint, case when d.loan_key is not null then array[d.loan_key] end, null::text,
      'excluded', string_to_array(d.reasons, ' '), null::text[], null::text[], null::text
    from (
      select coalesce(${numberIn('e."borrowerId"')}, person.key) as person_key,
        case when e.reasons = 'noContact' then ${loanKey} end as loan_key, e.reasons
      from ${exclusions} e
      ${joinNamed('loan', 'e."loanId"')}
      ${joinNamed('person', 'e."borrowerId"')}
      where e."contactId" is null and split_part(e.reasons, ' ', 1) in ('noContact', 'invalid')
      offset 0
    ) d
    join person p on p.key = d.person_key and p.company_id = $1)`;
}

// Rows name persons and loans by a displayId or by our id, and a loan that went on is the person's.
function joinNamed(table: 'person' | 'loan', cell: string) {
  return `left join ${table} on ${table}.id = ${cell} and ${table}.company_id = $1`;
}

const loanKey = `coalesce(${numberIn('e."loanId"')}, loan.key)`;

function numberIn(cell: string) {
  return `case when ${cell} ~ '^0*[0-9]{1,18}$' then ${cell}::bigint end`;
}
