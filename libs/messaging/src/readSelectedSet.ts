import { smsLimits } from './smsLimits.ts';

const LIST = /^\s*\[[\d\s,]*\]\s*$/;
const HIGHEST_ORDINAL = 9999; // a year

/**
 * The ordinals of `scheduleSelectedSet`, which comes as text: `[1,2,3]` (contract: sms-inbound). Ascending, each once, from 1 to
 * 9999; undefined where the text is no such list, or longer than 2,000 characters.
 */
export function readSelectedSet(text: string): number[] | undefined {
  if (text.length > smsLimits.selectedSet || !LIST.test(text)) return undefined;
  const ordinals = parse(text);
  if (!ordinals?.every((ordinal) => ordinal >= 1 && ordinal <= HIGHEST_ORDINAL)) return undefined;
  return [...new Set(ordinals)].sort((one, other) => one - other);
}

function parse(text: string): number[] | undefined {
  try {
    return JSON.parse(text) as number[]; // its signs allow nothing but whole numbers
  } catch {
    return undefined; // [1,,2]
  }
}
