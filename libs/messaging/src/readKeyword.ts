/** The beginning of an inbound text, folded. */
export interface InboundWords {
  /** The first word, without punctuation around it: the keyword, if it is one; empty for an empty text. */
  first: string;
  /** The second: the sub-keyword, if it is one; empty where there is none. */
  second: string;
  /** Where the text asks to stop. */
  stop?: {
    /** What is to stop: the word beside STOP, without punctuation around it; empty for a bare STOP. */
    keyword: string;
  };
}

const STOP = 'stop';
const PUNCTUATION = /^\p{P}$/u; // no symbols: a heart may be a keyword

/**
 * The first two words of an inbound text, and whether it asks to stop: `KEYWORD STOP`, `STOP` or `STOP KEYWORD`, whatever the
 * case and the punctuation around (contract: sms-inbound, "Inbound handling"). STOPS and STOPPED are other words.
 */
export function readKeyword(text: string): InboundWords {
  const [first = '', second = '', third = ''] = foldWord(text)
    .split(/\p{White_Space}+/u)
    .filter((word) => word !== '');
  const [one, other, last] = [first, second, third].map(bareWord) as [string, string, string];
  const words = { first: one, second: other };
  if (one === STOP) return { ...words, stop: { keyword: other === STOP ? '' : other } };
  // behind a sub-keyword, too: whoever writes STOP must never be charged for it
  return other === STOP || last === STOP ? { ...words, stop: { keyword: one } } : words;
}

/**
 * A word as keywords are compared: composed (NFC), in lower case, without the signs that nobody sees, such as a zero-width
 * space, and without white space around.
 */
export function foldWord(word: string): string {
  const seen = word.replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  // composed at last: what was between a letter and its accent is gone by now, and lower case may come in pieces
  return seen.toLowerCase().normalize('NFC').trim();
}

/** Whether a word would be taken for STOP, so that it can be no keyword and no sub-keyword. */
export function isStopWord(word: string): boolean {
  return bareWord(foldWord(word)) === STOP;
}

// By hand, from both ends: a pattern for it would look at a long run of dots again and again.
function bareWord(word: string): string {
  const signs = Array.from(word);
  const isBare = (sign: string) => !PUNCTUATION.test(sign);
  return signs.slice(Math.max(signs.findIndex(isBare), 0), signs.findLastIndex(isBare) + 1).join('');
}
