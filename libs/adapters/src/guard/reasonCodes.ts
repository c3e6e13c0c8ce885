const MOST_CHARACTERS = 200;
const CODE = /^[A-Za-z][A-Za-z0-9._-]{0,59}$/;
const LONG_NUMBER = /\d{5}/; // it may be somebody's

/**
 * The codes among a guard's reasons (texts, or objects with a `code`), with spaces between, as they may be shown; null where
 * there are none. What is no code may be a sentence about a person: `unnamed` stands for it.
 */
export function reasonCodes(reasons: readonly unknown[]): string | null {
  const codes = [...new Set(reasons.map(codeIn))];
  const said = codes.reduce(
    (text, code) => (text.length + code.length < MOST_CHARACTERS ? `${text} ${code}`.trimStart() : text),
    '',
  );
  return said === '' ? null : said;
}

function codeIn(reason: unknown): string {
  const code: unknown = typeof reason === 'object' && reason !== null && 'code' in reason ? reason.code : reason;
  return typeof code === 'string' && CODE.test(code) && !LONG_NUMBER.test(code) ? code : 'unnamed';
}
