import { isCleanText } from './fields.ts';

/** How an address names an object: by our id, or by the caller's own. */
export type Reference = { id: string } | { externalId: string };

const ID = /^[A-Z][A-Z0-9]-[A-Z0-9]{1,20}-[A-Z0-9]{1,20}$/;
const EXTERNAL = 'ext-';

/** Reads `CM-7GK2-PX4M` or `ext-<externalId>`; undefined for what can name nothing. */
export function parseReference(text: string): Reference | undefined {
  if (ID.test(text)) return { id: text };
  const externalId = text.slice(EXTERNAL.length);
  const isExternal = text.startsWith(EXTERNAL) && externalId !== '' && externalId.length <= 510;
  return isExternal && isCleanText(externalId) ? { externalId } : undefined;
}
