// = + - @ tab, carriage return, line feed, and the full-width = + - @ that spreadsheets read alike.
const TRIGGERS = [0x3d, 0x2b, 0x2d, 0x40, 0x09, 0x0d, 0x0a, 0xff1d, 0xff0b, 0xff0d, 0xff20].join(', ');

/** What dialers must get as it is: `+` and the 7 to 15 digits of an E.164 number. */
export const phoneNumber = String.raw`^\+[0-9]{7,15}$`;

/** Phones as above, and numbers as SQL and JSON write them. */
export const phoneOrNumber = String.raw`^(\+[0-9]{7,15}|-[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?)$`;

/**
 * SQL for a cell of free text: a quote in front of what a spreadsheet would run as a formula (OWASP ASVS), except of
 * texts that `exempt` describes whole. Looks at the first character only, which costs next to nothing for the many.
 */
export function guardFormula(text: string, exempt?: string): string {
  const triggered = `ascii(${text}) in (${TRIGGERS})${exempt === undefined ? '' : ` and ${text} !~ '${exempt}'`}`;
  return `case when ${triggered} then '''' || ${text} else nullif(${text}, '') end`;
}
