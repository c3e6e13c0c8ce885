const SHORTEST_BEGINNING = 3;
const SHORT_WORD = 4;

/**
 * The word of `known` that is most like `word`, or the only one that it is the beginning of; undefined where none is near: for
 * "did you mean".
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const given = word.slice(0, 100).toLowerCase(); // the work grows with the square of the length
  let best: { word: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(given, candidate.toLowerCase());
    if (distance < (best?.distance ?? Infinity)) best = { word: candidate, distance };
  }
  return best && isNear(given, best) ? best.word : theOneBeginningWith(given, known);
}

function isNear(given: string, { word, distance }: { word: string; distance: number }): boolean {
  if (distance >= word.length) return false; // they share no letter
  if (distance > Math.max(2, word.length / 3)) return false;
  const isHalfOther = word.length <= SHORT_WORD && distance > 1; // `cron` is not meant for `from`, but `nmae` for `name`
  return !isHalfOther || given[0] === word[0]?.toLowerCase();
}

function theOneBeginningWith(given: string, known: readonly string[]): string | undefined {
  if (given.length < SHORTEST_BEGINNING) return undefined;
  const [first, ...more] = known.filter((candidate) => candidate.toLowerCase().startsWith(given));
  return more.length === 0 ? first : undefined;
}

/** How many letters must be added, removed or changed to make one text of the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
