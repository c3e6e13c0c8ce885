import { smsLimits } from './smsLimits.ts';
import { smsParts } from './smsParts.ts';

const ROOM = {
  'GSM-7': '153 signs of GSM-7; of these € [ ] { } \\ ^ ~ and | count as two, and none of them is split over two parts',
  'UCS-2':
    '67 signs, since not all of them are in GSM-7; of these emojis count as two or more, and none is split over two parts',
};

/** How many parts a text takes that takes more than 9, and what they hold: `10 parts and may take 9, ...`; else undefined. */
export function refuseLength(text: string): string | undefined {
  const { encoding, parts } = smsParts(text);
  if (parts <= smsLimits.parts) return undefined;
  return `${parts} parts and may take ${smsLimits.parts}, each of ${ROOM[encoding]}`;
}
