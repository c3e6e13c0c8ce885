const EVERY_MS = 10_000;
const MOST_KINDS = 500;

/** Passes on at most one line of a kind in 10 s, where lines that differ only in ids and numbers are of one kind. */
export function limitLines(write: (line: string) => void, now: () => number = performance.now.bind(performance)) {
  const seen = new Map<string, { at: number; more: number }>();
  return (line: string): void => {
    const kind = line.replaceAll(/[0-9a-f-]{20,}|\d+/gi, '#');
    const last = seen.get(kind);
    if (last && now() - last.at < EVERY_MS) {
      last.more++;
      return;
    }
    if (seen.size >= MOST_KINDS) seen.clear();
    seen.set(kind, { at: now(), more: 0 });
    write(last?.more ? `${line} (and ${last.more} more like it)` : line);
  };
}
