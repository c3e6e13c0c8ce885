/** Gives the zone whose clock is to be looked at for a zone that somebody has named. */
export type ZoneReading = (zone: string) => string;

/** The release of the IANA database in which all of the changes below stand. */
const KNOWN_FROM = '2026f';

/**
 * Zones whose clocks went other ways in 2026, each with one that has shown the new time all along. Source, read on 22
 * November 2026: the IANA time zone database, release 2026f, each zone compared with 2025c until March 2028. Left out:
 * Chisinau and Tiraspol, whose clocks now turn one hour later in the same night.
 */
const steadyZones: ReadonlyMap<string, string> = new Map([
  // Most of British Columbia: UTC-7, no winter time from 1 November 2026
  ...['America/Vancouver', 'Canada/Pacific'].map((zone) => [zone, 'America/Fort_Nelson'] as const),
  // Alberta and the Northwest Territories: UTC-6, likewise
  ...['America/Edmonton', 'Canada/Mountain', 'America/Yellowknife', 'America/Inuvik'].map(
    (zone) => [zone, 'America/Regina'] as const,
  ),
  // Manitoba and the north-west of Ontario: UTC-5, likewise
  ...['America/Winnipeg', 'Canada/Central', 'America/Rainy_River'].map((zone) => [zone, 'America/Atikokan'] as const),
  // Cuba: UTC-4, no winter time from 2026 to 2027
  ...['America/Havana', 'Cuba'].map((zone) => [zone, 'America/Puerto_Rico'] as const),
  // Morocco: UTC since 20 September 2026
  ...['Africa/Casablanca', 'Africa/El_Aaiun'].map((zone) => [zone, 'Africa/Abidjan'] as const),
]);

const steadyNow = new Map([...steadyZones].map(([zone, steady]) => [zone.toLowerCase(), steady])); // names are taken in any case

/**
 * The ways in which zones are to be read, of which each must allow a contact: by the engine's own data and, where these are
 * older than a change that we know of, by a zone that has not changed. Drop it once no engine in use is as old.
 */
export function zoneReadings(engineData: string | undefined = process.versions.tz): readonly ZoneReading[] {
  const asNamed: ZoneReading = (zone) => zone;
  // releases sort as text: 2025c, 2026a, 2026f
  const isNew = /^20\d\d[a-z]/.test(engineData ?? '') && (engineData ?? '') >= KNOWN_FROM;
  return isNew ? [asNamed] : [asNamed, (zone) => steadyNow.get(zone.toLowerCase()) ?? zone];
}

/** The zones that are read in two ways by an engine with older data, each with the other one. */
export function rereadZones(): [string, string][] {
  return [...steadyZones];
}
