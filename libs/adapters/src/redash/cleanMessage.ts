const LONGEST = 300;

/**
 * The first line of a message from a database or server, fit for people to see: without the comment that Redash puts in
 * front of each statement (it names the user), without e-mail addresses and long numbers (which may be a borrower's), and
 * without the value that PostgreSQL quotes after a colon, as in `invalid input syntax for type integer: "…"`.
 */
export function cleanMessage(text: string): string {
  const [line = ''] = text.trimStart().split(/[\r\n]/, 1);
  return line
    .slice(0, 4 * LONGEST)
    .replace(/\/\*.*?\*\//g, '')
    .replace(/^.*\*\/|\/\*.*$/g, '')
    .replace(/[^\s"'=()<>,]+@[^\s"'=()<>,]+/g, '…')
    .replace(/\d{7,}/g, '…')
    .replace(/: ".*$/, ': …')
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, LONGEST);
}
