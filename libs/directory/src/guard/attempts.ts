import { themes } from '@muster/core/contactExporter';
import { type FrequencyLimit } from '@muster/core/rulePacks/rulePack';
import { quoteLiteral } from '../sqlText.ts';
import { type Asked, type Fact, isCounted, nowOf, personsOf } from './asked.ts';

const countedThemes = themes.filter(isCounted).map(quoteLiteral).join(', ');

/** A way of counting attempts; limits of several packs may share one. */
interface Counter {
  channels: string;
  places: FrequencyLimit['places'];
  windowHours: number;
}

/** SQL for how many attempts a limit counts for the candidate: of its loan and those of no loan, else of the person. */
export function attemptsFor(asked: Asked, limit: FrequencyLimit): string {
  const n = countersOf(asked).findIndex((counter) => isSame(counter, counterOf(limit)));
  return ofRow(asked, {
    ofPerson: `coalesce(attempts.all_${n}, 0)`,
    ofLoan: `(coalesce(attempts.loanless_${n}, 0) + coalesce(loan_attempts.of_${n}, 0))`,
  });
}

/** SQL for when the last conversation was that counts for the candidate; null where there was none in the window. */
export function conversationFor(asked: Asked): string {
  return ofRow(asked, {
    ofPerson: 'attempts.spoken_all',
    ofLoan: 'greatest(attempts.spoken_loanless, loan_attempts.spoken_of)',
  });
}

function ofRow({ hasLoans }: Asked, { ofPerson, ofLoan }: { ofPerson: string; ofLoan: string }) {
  return hasLoans ? `case when r.loan_key is null then ${ofPerson} else ${ofLoan} end` : ofPerson;
}

/** The facts that tell what was tried before. */
export function attemptFacts({ hasLoans }: Asked): Fact[] {
  return hasLoans ? ['attempts', 'loanAttempts'] : ['attempts'];
}

/** SQL of what was tried before, by person: interactions, and what runs have reserved. */
export function attempts(asked: Asked): string {
  const counts = countersOf(asked).flatMap((counter, n) => [
    `count(*) filter (where ${isCountedBy(counter)}) as all_${n}`,
    `count(*) filter (where loanless and ${isCountedBy(counter)}) as loanless_${n}`,
  ]);
  return `(
    select person_key, ${counts.join(', ')}, max(at) filter (where spoken) as spoken_all,
      max(at) filter (where spoken and loanless) as spoken_loanless
    from ${triedIn(asked)} tried group by person_key)`;
}

/** The same by person and loan, for what names one. */
export function loanAttempts(asked: Asked): string {
  const counts = countersOf(asked).map((counter, n) => `count(*) filter (where ${isCountedBy(counter)}) as of_${n}`);
  return `(
    select person_key, loan_key, ${counts.join(', ')}, max(at) filter (where spoken) as spoken_of
    from ${triedIn(asked)} tried, unnest(loan_keys) loan_key group by person_key, loan_key)`;
}

const triedIn = (asked: Asked) => asked.gathered?.get('tried') ?? `(${tried(asked)})`;

function isCountedBy({ channels, places, windowHours }: Counter) {
  const place = { any: 'true', personalOrHome: 'at_home is not false', elsewhere: 'at_home is not true' }[places];
  return `counted and channel in (${channels}) and ${place} and hours <= ${windowHours}`;
}

/**
 * SQL of what was tried before, one attempt or conversation a row. `at_home`: null where nobody knows at which contact it
 * was, and then it counts everywhere. What is reserved counts as of now: it has no time of its own until the call is made.
 */
export function tried(asked: Asked): string {
  const { packs } = asked.packs;
  const window = Math.max(
    ...packs.flatMap((pack) => [pack.conversation, ...pack.frequency].map((of) => of.windowHours)),
  );
  const channels = [
    ...new Set(packs.flatMap((pack) => [pack.conversation, ...pack.frequency].flatMap((of) => of.channels))),
  ];
  const askedOf = (alias: string) => `${alias}.company_id = ${quoteLiteral(asked.companyId)}
      and ${alias}.channel in (${channels.map(quoteLiteral).join(', ')}) and ${alias}.theme in (${countedThemes})
      and ${alias}.person_key in (${personsOf(asked)})`;
  const placed = packs.some((pack) => pack.frequency.some(({ places }) => places !== 'any'));
  return `
    select i.person_key, i.loan_keys, coalesce(cardinality(i.loan_keys), 0) = 0 as loanless, i.channel,
      ${placed ? `case when ic.key is not null then coalesce(ic.label in ('personal', 'home'), false) end` : 'null::boolean'} as at_home,
      i.direction = 'outbound' and i.status in ('attempted', 'succeeded', 'inProgress') as counted,
      i.channel = 'voice' and coalesce(i.status_details = 'voiceSpokeWithFirstParty', false) as spoken,
      i.started_at as at, extract(epoch from ${nowOf(asked)} - i.started_at) / 3600 as hours
    from interaction i ${placed ? 'left join contact ic on ic.key = i.contact_key' : ''}
    where ${askedOf('i')} and i.deleted_at is null
      and i.started_at >= ${nowOf(asked)} - interval '${window} hours'
      and (i.direction = 'outbound' and i.status in ('attempted', 'succeeded', 'inProgress')
        or i.status_details = 'voiceSpokeWithFirstParty')
    union all
    select v.person_key, case when v.loan_key is not null then array[v.loan_key] end, v.loan_key is null, v.channel,
      null, true, false, v.reserved_at, 0
    from reserved v
    where ${askedOf('v')} and v.released_at is null and v.consumed_by is null and v.expires_at > ${nowOf(asked)}
      ${asked.ownRun === null ? '' : `and v.run_id <> ${quoteLiteral(asked.ownRun)}`}`;
}

function countersOf({ packs }: Asked): Counter[] {
  const all = packs.packs.flatMap(({ frequency }) => frequency.map(counterOf));
  return all.filter((counter, at) => all.findIndex((other) => isSame(other, counter)) === at);
}

function counterOf({ channels, places, windowHours }: FrequencyLimit): Counter {
  return { channels: channels.map(quoteLiteral).join(', '), places, windowHours };
}

function isSame(a: Counter, b: Counter) {
  return a.channels === b.channels && a.places === b.places && a.windowHours === b.windowHours;
}
