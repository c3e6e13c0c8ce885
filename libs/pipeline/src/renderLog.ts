import { type RunEvent } from './runs.ts';

/** A run's log as text: one line per event with time (UTC), step and what is known of it. */
export function renderLog(events: RunEvent[]): string {
  return events.map((event) => `${line(event)}\n`).join('');
}

function line({ at, step, event, details }: RunEvent) {
  const known = Object.entries(details ?? {})
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [at.toISOString(), step ?? 'run', event, ...known].join('  ');
}
