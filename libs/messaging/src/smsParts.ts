/** What a text takes on the air. */
export interface SmsParts {
  encoding: 'GSM-7' | 'UCS-2';
  /** Septets, or units of 16 bits. */
  units: number;
  parts: number;
}

// 3GPP TS 23.038: the basic alphabet without its escape, and what stands behind the escape.
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION = '\f^{}\\[~]|€';
const septets = new Map([...Array.from(BASIC, (sign) => [sign, 1] as const), ...escaped()]);

/**
 * How many parts of a text message a text takes, as the operators count (contract: sms-inbound, "9 parts"): in GSM-7 160
 * septets in one part and 153 in each of several, with one sign beyond its alphabets in UCS-2: 70 and 67. No escape pair
 * and no surrogate pair is split over two parts, so a few parts may hold one unit less. The empty text takes one part.
 */
export function smsParts(text: string): SmsParts {
  const widths: number[] = [];
  for (const sign of text) {
    const width = septets.get(sign);
    if (width === undefined) return inUcs2(text);
    widths.push(width);
  }
  return { encoding: 'GSM-7', ...share(widths, { alone: 160, each: 153 }) };
}

function inUcs2(text: string): SmsParts {
  const widths = Array.from(text, (sign) => sign.length); // walks by code points: a surrogate pair is one sign of two units
  return { encoding: 'UCS-2', ...share(widths, { alone: 70, each: 67 }) };
}

function share(widths: readonly number[], room: { alone: number; each: number }) {
  const units = widths.reduce((sum, width) => sum + width, 0);
  if (units <= room.alone) return { units, parts: 1 };
  let parts = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > room.each) {
      parts += 1;
      used = 0;
    }
    used += width;
  }
  return { units, parts };
}

function escaped() {
  return Array.from(EXTENSION, (sign) => [sign, 2] as const);
}
