/** The word of `known` that is most like `word`, or undefined where none is near: for "did you mean". */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const given = word.slice(0, 100).toLowerCase(); // the work grows with the square of the length
  let best: { word: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(given, candidate.toLowerCase());
    if (distance < (best?.distance ?? Infinity)) best = { word: candidate, distance };
  }
  if (!best || best.distance >= best.word.length) return undefined; // they share no letter
  return best.distance <= Math.max(2, best.word.length / 3) ? best.word : undefined;
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
