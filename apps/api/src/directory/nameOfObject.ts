import { isCleanText, type Notes, raw, type Refusal } from '@muster/core/fields';

const LONGEST = 255;

/** How a body names another object: our id, its displayId as an integer, or the caller's own externalId. */
export const nameOfObject = (notes: Notes = {}) => raw(schema, { ...notes, rule: refuseName });

/** The same, several. */
export const namesOfObjects = (notes: Notes & { max: number }) => {
  const refuse = (value: unknown): Refusal | undefined => {
    const isFine = Array.isArray(value) && value.length <= notes.max && value.every(isName);
    return isFine ? undefined : { code: 'wrongForm', message: `must be a list of at most ${notes.max} names: ${FORM}` };
  };
  return raw({ type: 'array', maxItems: notes.max, items: schema }, { ...notes, rule: refuse });
};

const FORM = 'ids of ours, displayIds as integers, or externalIds of 1 to 255 characters';
const schema = {
  anyOf: [
    { type: 'string', minLength: 1, maxLength: LONGEST },
    { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  ],
};

function refuseName(value: unknown): Refusal | undefined {
  if (isName(value)) return undefined;
  const message = 'must be an id of ours, a displayId as an integer, or an externalId of 1 to 255 characters';
  return { code: 'wrongForm', message };
}

function isName(value: unknown): value is string | number {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0;
  return typeof value === 'string' && value !== '' && isShort(value) && isCleanText(value);
}

/** In characters, of which some are pairs. */
function isShort(text: string) {
  return text.length <= LONGEST || (text.length <= 2 * LONGEST && Array.from(text).length <= LONGEST);
}
