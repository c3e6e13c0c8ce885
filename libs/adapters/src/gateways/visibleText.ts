/** A text from outside as it may be stored and shown: visible ASCII without blanks, so many characters at most; else undefined. */
export function visibleText(value: unknown, mostCharacters: number): string | undefined {
  if (typeof value !== 'string' || value.length > mostCharacters) return undefined;
  return /^[\x21-\x7e]+$/.test(value) ? value : undefined;
}
