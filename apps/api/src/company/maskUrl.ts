const MASKED_PATH = '/…';

/** An address that is called as those see it who may not write it: services put secrets into all but the server's name. */
export function maskUrl(url: string): string {
  return new URL(url).origin + MASKED_PATH;
}

/** Whether a text is such a mask, and no address. */
export function isMaskedUrl(text: string): boolean {
  return text.endsWith(MASKED_PATH);
}
