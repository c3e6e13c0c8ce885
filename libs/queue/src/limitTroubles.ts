import { type QueueTrouble, type ReportTrouble } from './queueTrouble.ts';

const EVERY_MS = 10_000;
const MOST_KINDS = 500;

/** Passes on at most one trouble of a kind in 10 s, where those that differ only in ids and numbers are of one kind; `more` came meanwhile. */
export function limitTroubles(
  write: (trouble: QueueTrouble & { more?: number }) => void,
  now: () => number = performance.now.bind(performance),
): ReportTrouble {
  const seen = new Map<string, { at: number; more: number }>();
  return (trouble) => {
    const kind = JSON.stringify(trouble).replaceAll(/[0-9a-f-]{20,}|\d+/gi, '#');
    const last = seen.get(kind);
    if (last && now() - last.at < EVERY_MS) {
      last.more++;
      return;
    }
    if (seen.size >= MOST_KINDS) seen.clear();
    seen.set(kind, { at: now(), more: 0 });
    write(last?.more ? { ...trouble, more: last.more } : trouble);
  };
}
