import { type RunEvent } from './runs.ts';

/** What is known of our own machines: `log.txt` goes to others. */
const OURS: readonly string[] = ['heldBy'];

/** A run's log as text: one line per event with time (UTC), step and what is known of it; no host or process of ours. */
export function renderLog(events: RunEvent[]): string {
  return events.map((event) => `${line(event)}\n`).join('');
}

function line({ at, step, event, details }: RunEvent) {
  const known = Object.entries(details ?? {})
    .filter(([name, value]) => value !== null && value !== undefined && !OURS.includes(name))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [at.toISOString(), step ?? 'run', event, ...known].join('  ');
}
