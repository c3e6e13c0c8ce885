import { type Database } from '@muster/core/database';
import { type Theme } from '@muster/core/contactExporter';
import { type InteractionChannel } from '@muster/core/directory';
import { NotFound } from '@muster/core/errors';
import { type GuardSettings } from '@muster/core/guardSettings';
import { quoteLiteral } from '../sqlText.ts';
import { type Asked, type ReasonCode, reasonCodes } from './asked.ts';
import { judge } from './judge.ts';
import { packsInUse } from './packsInUse.ts';
import { placeNamed } from './places.ts';

/** May this person be contacted, over this channel, for this reason? */
export interface Question {
  companyId: string;
  timeZone: string;
  guard: Pick<GuardSettings, 'rulePack' | 'rulePacksByState'>;
  now: Date;
  personKey: string;
  /** Every one of them must allow it; none: it is about the person. */
  loanKeys: readonly string[];
  /** The contact to be used, of that person; null: it is not known yet, and only what is known of the person counts. */
  contactKey: string | null;
  channel: InteractionChannel;
  theme: Theme | null;
  isAutodialed: boolean;
  checkAtCompanyNoon: boolean;
}

/** What speaks against it: the rule's id, and in words what was compared. */
export interface Reason {
  code: ReasonCode;
  ruleId: string;
  compared: string;
}

export interface Verdict {
  allowed: boolean;
  /** In the order of the rules; of several loans all reasons, each once. */
  reasons: Reason[];
  /** `reg-f 1`. */
  rulePacks: string;
  /** The hours of that day within which the contact may be used: local, with the distance to UTC. */
  callFrom: string | null;
  callUntil: string | null;
}

interface Row {
  /** False: the contact that was named is not the person's. */
  known: boolean;
  said: string[] | null;
  packs: string;
  callFrom: string | null;
  callUntil: string | null;
}

/**
 * The guard's verdict on one question, by the very statement that screens a run. Reserves nothing. Throws NotFound
 * `contactNotFound` for a contact that is not the person's.
 */
export async function canInteract(db: Database, question: Question): Promise<Verdict> {
  const asked = askedOnce(question, await placesMet(db, question));
  const { joins, said, packs, callFrom, callUntil } = judge(asked);
  const rows = await db.query<Row>(`
    select ${question.contactKey === null ? 'true' : 'c.key is not null'} as known, ${said} as said,
      ${packs} as packs, ${callFrom} as "callFrom", ${callUntil} as "callUntil"
    from ${asked.rows} r
    join person p on p.key = r.person_key and p.company_id = ${quoteLiteral(asked.companyId)}
    left join contact c on c.key = ${question.contactKey ?? 'null'}::bigint and c.person_key = r.person_key
      and c.company_id = ${quoteLiteral(asked.companyId)}
    ${joins}
    order by r.line`);
  const [first] = rows;
  if (!first) throw new Error('nobody was asked about');
  // as if none were named, rules would be left out
  if (!first.known) throw new NotFound('contactNotFound', 'there is no such contact of this person');
  const found = rows.flatMap(reasonsIn).sort((a, b) => reasonCodes.indexOf(a.code) - reasonCodes.indexOf(b.code));
  const once = new Map(found.map((reason) => [JSON.stringify(reason), reason]));
  const { callFrom: from, callUntil: until } = first;
  return {
    allowed: found.length === 0,
    reasons: [...once.values()],
    rulePacks: first.packs,
    callFrom: from,
    callUntil: until,
  };
}

function reasonsIn({ said }: Row): Reason[] {
  return (said ?? []).map((line) => {
    const [code, ruleId = '', compared = ''] = line.split('\t');
    return { code: code as ReasonCode, ruleId, compared };
  });
}

function askedOnce(question: Question, met: Pick<Asked, 'zones' | 'places'>): Asked {
  const { channel, checkAtCompanyNoon: atNoon, theme, isAutodialed, loanKeys, personKey } = question;
  const loans = loanKeys.length > 0 ? loanKeys : ['null'];
  const rows = loans.map(
    (loan, line) =>
      `(${line}::bigint, ${BigInt(personKey)}::bigint, ${loan === 'null' ? 'null' : BigInt(loan)}::bigint)`,
  );
  return {
    rows: `(select * from (values ${rows.join(', ')}) one (line, person_key, loan_key))`,
    companyId: question.companyId,
    timeZone: question.timeZone,
    now: question.now,
    ...{ atNoon, theme, isAutodialed },
    ...met,
    channel: quoteLiteral(channel),
    channels: [channel],
    hasLoans: loanKeys.length > 0,
    tellsHours: true,
    takesArchived: false,
    ownRun: null,
    answers: null,
    packs: packsInUse(question.guard, question),
  };
}

/** The zones and places that one person and contact bring in: to tell the clocks of all others would take longer than the verdict. */
async function placesMet(db: Database, question: Question): Promise<{ zones: string[]; places: ReadonlySet<string> }> {
  const { companyId, personKey, contactKey } = question;
  const met = await db.query<{ zone: string | null; area: string | null; state: string | null }>(
    `select time_zone as zone, null as area, null as state from person where key = $1 and company_id = $2
     union select timezone, null, null from do_not_interact where person_key = $1 and company_id = $2 and deleted_at is null
     union select null, substr(value, 3, 3), null from contact where key = $3 and company_id = $2 and contact_type = 'phone'
     union select null, null, ${placeNamed('state')} from contact
       where person_key = $1 and company_id = $2 and deleted_at is null and (contact_type = 'address' or key = $3)`,
    [personKey, companyId, contactKey],
  );
  const named = (values: (string | null)[]) => values.filter((value) => value !== null);
  return {
    zones: named(met.map(({ zone }) => zone)),
    places: new Set(named(met.flatMap(({ area, state }) => [area, state]))),
  };
}
