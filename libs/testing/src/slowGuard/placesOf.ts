import { areaCodeGroups } from '@muster/core/places/areaCodes';
import { type State, states } from '@muster/core/places/states';
import { rulePacks } from '@muster/core/rulePacks/packInForce';
import { type RulePack } from '@muster/core/rulePacks/rulePack';
import { type SlowContact, type SlowPerson, type SlowQuestion } from './slowWorld.ts';
import { wallIn } from './wallClock.ts';

const areas = new Map(areaCodeGroups.flatMap((group) => group.codes.split(' ').map((code) => [code, group])));
const ourCountries = ['', 'us', 'usa', 'unitedstates', 'unitedstatesofamerica', 'ca', 'can', 'canada'];

/** Every zone in which the contact may be; the company's only where none is known. */
export function zonesOf(person: SlowPerson, question: Pick<SlowQuestion, 'contact' | 'companyZone'>): string[] {
  const contact = contactOf(person, question);
  const zones = [...(stateOfContact(contact)?.zones ?? []), ...(areaOf(contact)?.zones ?? [])];
  if (!contact || contact.affiliation === 'self') for (const state of homesOf(person)) zones.push(...state.zones);
  if (person.timeZone !== null) zones.push(person.timeZone);
  if (zones.length > 0) return [...new Set(zones)];
  return [contact && isAbroad(contact) ? 'abroad' : question.companyZone];
}

// no zone of ours: no clock shows the time there
function isAbroad({ type, value, country }: SlowContact) {
  return (type === 'phone' && value !== null && !value.startsWith('+1')) || !isOurs(country);
}

function isOurs(country: string | null) {
  return ourCountries.includes(squeezed(country ?? ''));
}

/** The packs that hold: of each state where the contact, or the person whose own it is, lives, else of the area code's. */
export function packsOf(person: SlowPerson, question: SlowQuestion): RulePack[] {
  const { rulePack, rulePacksByState } = question.guard;
  const contact = contactOf(person, question);
  const own = stateOfContact(contact);
  const homes = !contact || contact.affiliation === 'self' ? homesOf(person) : [];
  const lived = [...(own ? [own] : []), ...homes].map(({ code }) => code);
  const all = lived.length > 0 ? lived : (areaOf(contact)?.states ?? []);
  const held = all.map((code) => rulePacksByState[code] ?? rulePack);
  if (held.length === 0) held.push(rulePack);
  const today = wallIn(question.companyZone, question.now.getTime())?.date ?? '';
  const inUse = [...new Set([rulePack, ...Object.values(rulePacksByState)])];
  return inUse.filter((name) => held.includes(name)).map((name) => versionOn(name, today));
}

/** The contact that is asked about, if any. */
export function contactOf(person: SlowPerson, { contact }: Pick<SlowQuestion, 'contact'>): SlowContact | undefined {
  return contact === null ? undefined : person.contacts[contact];
}

// where the person gets mail: addresses of the person, not of others, that are still good
function homesOf({ contacts }: SlowPerson): State[] {
  const homes: State[] = [];
  for (const contact of contacts) {
    if (contact.type !== 'address' || contact.affiliation !== 'self') continue;
    if (!contact.isValid || contact.isDeleted || contact.status === 'archived') continue;
    const state = stateOfContact(contact);
    if (state) homes.push(state);
  }
  return homes;
}

function stateOfContact(contact: SlowContact | undefined): State | undefined {
  if (!contact?.state) return undefined;
  if (!isOurs(contact.country)) return undefined;
  const written = squeezed(contact.state);
  return states.find(({ code, name }) => squeezed(code) === written || squeezed(name) === written);
}

function squeezed(text: string) {
  return text.toLowerCase().replaceAll(/[ .]/g, '');
}

function areaOf(contact: SlowContact | undefined) {
  if (contact?.type !== 'phone' || !contact.value?.startsWith('+1')) return undefined;
  return areas.get(contact.value.slice(2, 5));
}

function versionOn(name: string, day: string): RulePack {
  let latest: RulePack | undefined;
  for (const pack of rulePacks) {
    if (pack.name !== name || pack.effectiveFrom > day) continue;
    if (!latest || pack.effectiveFrom > latest.effectiveFrom) latest = pack;
  }
  if (!latest) throw new Error(`there is no ${name} on ${day}`);
  return latest;
}
