import { IANAZone } from 'luxon';
import { type Refusal } from './fields.ts';

const FORM = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;
// Names of the engine's own, which the IANA database does not have (any more), and which mean other places than people
// think: AST is Anchorage, BST Dhaka.
const NOT_IANA =
  /^(ACT|AET|AGT|ART|AST|BET|BST|CAT|CNT|CST|CTT|EAT|ECT|IET|IST|JST|MIT|NET|NST|PLT|PNT|PRT|PST|SST|VST|SystemV\/.*|US\/Pacific-New|Canada\/East-Saskatchewan)$/i;
const known = new Map<string, boolean>(); // to ask takes 20 µs, and bulk loads ask a million times
const MOST_KNOWN = 2_000;

/**
 * Whether a text is the IANA name of a time zone: `America/New_York`. Newer engines take offsets such as +03:00 for zones,
 * too; they know no summer time, so nobody means them here.
 */
export function isTimeZone(name: string): boolean {
  const answer = known.get(name);
  if (answer !== undefined) return answer;
  const isZone = FORM.test(name) && !NOT_IANA.test(name) && IANAZone.isValidZone(name);
  if (isZone && known.size < MOST_KNOWN) known.set(name, isZone);
  return isZone;
}

/** What is wrong with a text as the name of a time zone. */
export function refuseTimeZone(name: string): Refusal | undefined {
  if (isTimeZone(name)) return undefined;
  return { code: 'unknownTimeZone', message: 'write the IANA name of a time zone, for instance America/New_York' };
}
