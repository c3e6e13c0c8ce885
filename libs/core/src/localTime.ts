import { IANAZone } from 'luxon';

/** A moment as a clock on the wall of a zone shows it, to the second, with its distance to UTC: `2026-03-08T06:41:52-04:00`. */
export function localTime(instant: Date, timeZone: string): string {
  const minutes = IANAZone.create(timeZone).offset(instant.getTime());
  const wall = new Date(instant.getTime() + minutes * 60_000).toISOString().slice(0, 19);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${wall}${minutes < 0 ? '-' : '+'}${twoDigits(hours)}:${twoDigits(rest)}`;
}

function twoDigits(value: number) {
  return String(value).padStart(2, '0');
}
