import { type Asked } from './asked.ts';
import { isInKnownCountry } from './places.ts';

// Of a person's own contacts the person's addresses tell where that is, too.
const ownAddresses = `coalesce(c.affiliation, 'self') = 'self'`;

/** SQL for whether no plausible zone of the candidate is known, so that the company's counts. */
const isNowhere = `(area.place is null and place.place is null and p.time_zone is null
    and not (${ownAddresses} and around.zone_names is not null))`;

/** What stands for the zone of a place abroad: we know none there, so that it is never within hours. */
export const ABROAD = 'abroad';

// a number or an address of another country, of which nobody says where it is
const isAbroad = `(${isNowhere} and (coalesce(c.contact_type = 'phone' and c.value not like '+1%', false) or not ${isInKnownCountry('c')}))`;

/** SQL for whether it is within the hours of pack k in all plausible zones of the candidate. */
export function isInside(k: number): string {
  const inside = `coalesce(area.inside_${k}, true) and coalesce(place.inside_${k}, true)
    and (p.time_zone is null or coalesce(person_zone.inside_${k}, false))
    and (not ${ownAddresses} or coalesce(around.inside_${k}, true))`;
  return `case when ${isAbroad} then false when ${isNowhere} then coalesce(here.inside_${k}, false) else ${inside} end`;
}

/** SQL for the plausible zones of the candidate, as a list of names. */
export const zonesOfCandidate = `string_to_array(case when ${isAbroad} then '${ABROAD}' when ${isNowhere} then here.place
    else concat_ws(' ', area.zone_names, place.zone_names, p.time_zone, case when ${ownAddresses} then around.zone_names end) end, ' ')`;

/**
 * SQL for the bits of the packs that hold for the candidate: by the states of its addresses (a third party's are not the
 * borrower's), else by its area code; the company's default where neither lies in a state (Bermuda's 441).
 */
export function packsOfCandidate({ packs }: Asked): string {
  if (packs.packs.length === 1) return '1';
  return `coalesce(nullif(coalesce(place.packs, 0) | case when ${ownAddresses} then coalesce(around.packs, 0) else 0 end, 0), nullif(area.packs, 0), 1)`;
}

/** SQL for whether pack k holds for the candidate. */
export function isJudgedBy(asked: Asked, k: number): string {
  return asked.packs.packs.length === 1 ? 'true' : `(${packsOfCandidate(asked)} & ${1 << k}) <> 0`;
}

/**
 * SQL for the hours in which the candidate may be contacted that day, each with its zone's distance to UTC; null where they
 * cannot be told, or where there are none.
 */
export function windowOf(asked: Asked): { callFrom: string; callUntil: string } {
  const [from, until] = [edgeOf(asked, 'from', 'greatest'), edgeOf(asked, 'until', 'least')];
  const [begins, ends] = [from, until].map((edge) => `split_part(${edge}, '|', 1)`);
  const told = (edge: string) =>
    `case when ${isZoneTold} and ${begins} < ${ends} then nullif(split_part(${edge}, '|', 2), '') end`;
  return { callFrom: told(from), callUntil: told(until) };
}

/** SQL for whether the clocks of the person's own zone were told. */
const isZoneTold = `(p.time_zone is null or person_zone.place is not null)`;

function edgeOf(asked: Asked, edge: 'from' | 'until', latest: 'greatest' | 'least') {
  const edges = asked.packs.packs.map((_, k) => {
    const own = `case when ${ownAddresses} then around.${edge}_${k} end`;
    const all = `${latest}(area.${edge}_${k}, place.${edge}_${k}, person_zone.${edge}_${k}, ${own})`;
    return `case when ${isJudgedBy(asked, k)} then case when ${isAbroad} then null when ${isNowhere} then here.${edge}_${k} else ${all} end end`;
  });
  return `${latest}(${edges.join(', ')})`;
}
