import { smsLimits } from './smsLimits.ts';
import { smsParts } from './smsParts.ts';

/** As much of a text as fits into 9 parts with its ending, and the ending. */
export function fitParts(text: string, ending = ''): string {
  const signs = Array.from(text);
  const kept = (count: number) => signs.slice(0, count).join('') + ending;
  // More signs never take fewer parts, so the most that fit are found by halving.
  let [low, high] = [0, signs.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (takesFew(kept(middle))) low = middle;
    else high = middle - 1;
  }
  return kept(low);
}

/** Whether a text takes no more than 9 parts. */
export function takesFew(text: string): boolean {
  return smsParts(text).parts <= smsLimits.parts;
}
