import { areaCodeGroups } from '@muster/core/places/areaCodes';
import { states } from '@muster/core/places/states';
import { quoteArray, quoteLiteral } from '../sqlText.ts';
import { type Asked, type PacksInUse } from './asked.ts';
import { allClocks, type Clock, clockOf } from './clocks.ts';
import { onceADay } from './onceADay.ts';

const countries = ['', 'US', 'USA', 'UNITEDSTATES', 'UNITEDSTATESOFAMERICA', 'CA', 'CAN', 'CANADA'];

const zonesByPlace: ReadonlyMap<string, readonly string[]> = new Map([
  ...states.flatMap((state) => namesOf(state).map((place) => [place, state.zones] as const)),
  ...areaCodeGroups.flatMap(({ codes, zones }) => codes.split(' ').map((place) => [place, zones] as const)),
]);

/** The zones of the places that may be met. */
export function placeZones({ places = new Set(zonesByPlace.keys()) }: Pick<Asked, 'places'>): string[] {
  return [...new Set([...places].flatMap((place) => zonesByPlace.get(place) ?? []))];
}

/** The two letters and the name of a state, as `placeNamed` gives them. */
function namesOf({ code, name }: { code: string; name: string }) {
  return [...new Set([code, name.toUpperCase().replaceAll(' ', '')])];
}

/** SQL for a place as it is looked up, whatever case, blanks and dots it was written with: `new  york` is NEWYORK, `U.S.` is US. */
export function placeNamed(text: string): string {
  return `upper(translate(${text}, e' .\\t\\r\\n\\u00a0', ''))`;
}

/** SQL for whether an address of this alias lies in a country whose states we know. */
export function isInKnownCountry(alias: string): string {
  return `${placeNamed(`coalesce(${alias}.country, '')`)} in (${countries.map(quoteLiteral).join(', ')})`;
}

interface Place {
  place: string;
  zones: readonly string[];
  packs: number;
}

const knownTables = new Map<string, string>();

/** SQL of what the clocks of states show, by `place`: the two letters or the name, as `placeNamed` gives them; also `zones` and `packs`. */
export function stateClocks(asked: Asked): string {
  return clocksOf(asked, 'states', () =>
    states.flatMap(({ code, name, zones }) =>
      namesOf({ code, name }).map((place) => ({ place, zones, packs: packBits(asked.packs, [code]) })),
    ),
  );
}

/** SQL of what the clocks of area codes show, by `place`: the three digits; also `zones` and `packs`. */
export function areaClocks(asked: Asked): string {
  return clocksOf(asked, 'areas', () =>
    areaCodeGroups.flatMap(({ codes, zones, states: within }) =>
      codes.split(' ').map((place) => ({ place, zones, packs: packBits(asked.packs, within) })),
    ),
  );
}

/** SQL of what the clocks of zones show, by `place`: the zone's name. */
export function zoneClocks(asked: Asked, zones: readonly string[]): string {
  const tell = () =>
    table(
      asked,
      zones.map((zone) => ({ place: zone, zones: [zone], packs: 0 })),
    );
  return onceADay(knownTables, asked, { key: `${keyOf(asked)} ${zones.join()}`, tell });
}

function clocksOf(asked: Asked, kind: string, placesOf: () => Place[]) {
  const isMet = ({ place }: Place) => asked.places?.has(place) ?? true;
  const tell = () => table(asked, placesOf().filter(isMet));
  return onceADay(knownTables, asked, { key: `${keyOf(asked)} ${kind}`, tell });
}

function keyOf({ packs: { packs, ofState }, tellsHours }: Asked) {
  return JSON.stringify([packs.map(({ name, version }) => [name, version]), [...ofState], tellsHours]);
}

// One text an array, taken apart while the statement runs: as rows of VALUES they would take the parser longer than all the rest.
function table(asked: Asked, places: readonly Place[]) {
  const known = new Map<string, Clock>();
  const clockIn = (zone: string) => {
    const clock = known.get(zone) ?? clockOf(asked, zone);
    known.set(zone, clock);
    return clock;
  };
  const clocks = places.map(({ zones }) => allClocks(zones.map(clockIn)));
  const texts = (values: readonly (string | undefined)[]) => quoteArray(values.map((value) => value ?? ''));
  const hoursOf = (k: number) => [
    { name: `from_${k}`, values: texts(clocks.map(({ from }) => from[k])) },
    { name: `until_${k}`, values: texts(clocks.map(({ until }) => until[k])) },
  ];
  const columns = asked.packs.packs.flatMap((_, k) => [
    { name: `inside_${k}`, values: `${quoteLiteral(`{${clocks.map(({ inside }) => inside[k]).join(',')}}`)}::bool[]` },
    ...(asked.tellsHours ? hoursOf(k) : []),
  ]);
  const named = [
    { name: 'place', values: texts(places.map(({ place }) => place)) },
    ...columns,
    { name: 'zone_names', values: texts(places.map(({ zones }) => zones.join(' '))) },
    { name: 'packs', values: `${quoteLiteral(`{${places.map(({ packs }) => packs).join(',')}}`)}::int[]` },
  ];
  return `unnest(${named.map(({ values }) => values).join(', ')})`;
}

/** The columns of these tables, in their order. */
export function clockColumns({ packs: { packs }, tellsHours }: Asked): string {
  const ofPack = packs.flatMap((_, k) => [`inside_${k}`, ...(tellsHours ? [`from_${k}`, `until_${k}`] : [])]);
  return ['place', ...ofPack, 'zone_names', 'packs'].join(', ');
}

/** The bits of the packs that hold in these states; the default one where a state names none. */
function packBits({ ofState }: PacksInUse, codes: readonly string[]) {
  return codes.reduce((bits, code) => bits | (1 << (ofState.get(code) ?? 0)), 0);
}
