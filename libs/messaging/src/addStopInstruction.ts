import { fitParts, takesFew } from './fitParts.ts';
import { foldWord } from './readKeyword.ts';

const LETTER = /[\p{L}\p{N}]/u;

/** What a number sends, and where, to stop. */
export interface StopAddress {
  keyword: string;
  channel: string;
}

/** How a text says that its subscription can be ended: in Danish, as its readers are, and in GSM-7. */
export function stopInstruction({ keyword, channel }: StopAddress): string {
  return `Afmeld: send ${keyword} STOP til ${channel}`;
}

/**
 * The text of a recurring charge with the STOP instruction at its end (contract: sms-inbound, "Before each charge"). A text
 * that ends with `KEYWORD STOP`, at most one word, and the channel has it already. Where both do not fit into 9 parts, the
 * text gives way: the instruction is what must not be missing.
 */
export function addStopInstruction(text: string, address: StopAddress): string {
  if (hasInstruction(text, address) && takesFew(text)) return text;
  const written = text.trimEnd();
  return fitParts(written, written === '' ? stopInstruction(address) : `\n${stopInstruction(address)}`);
}

function hasInstruction(text: string, { keyword, channel }: StopAddress): boolean {
  const folded = foldWord(text).replace(/\p{White_Space}+/gu, ' ');
  const wanted = `${foldWord(keyword)} stop`;
  const at = folded.lastIndexOf(wanted);
  const [before, rest] = [folded.slice(Math.max(at - 1, 0), Math.max(at, 0)), folded.slice(at + wanted.length)];
  if (at < 0 || LETTER.test(before) || LETTER.test(rest.slice(0, 1))) return false;
  const words = rest.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  return words.length <= 2 && words.at(-1) === channel;
}
