import { isCleanText, type Refusal } from '@muster/core/fields';

const MOST_DEPTH = 5;
const MOST_LENGTH = 20_000;

/** Why a value is no object or list that can be kept: too deep, too long, or with texts that PostgreSQL cannot hold. */
export function refuseJson(value: unknown): Refusal | undefined {
  if (typeof value !== 'object' || value === null) return { code: 'isObject', message: 'must be an object' };
  if (!isKeepable(value, MOST_DEPTH)) {
    return {
      code: 'isCleanText',
      message: `must be at most ${MOST_DEPTH} levels deep, its texts without control characters`,
    };
  }
  if (JSON.stringify(value).length <= MOST_LENGTH) return undefined;
  return { code: 'isLength', message: `must be at most ${MOST_LENGTH} characters of JSON` };
}

function isKeepable(value: unknown, levels: number): boolean {
  if (typeof value === 'string') return isCleanText(value, true);
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  return Object.entries(value).every(([key, item]) => isCleanText(key) && isKeepable(item, levels - 1));
}

/** Why an object is no metaData: at most 50 keys of up to 100 characters, each with a text of up to 500. */
export function refuseMetaData(value: object): Refusal | undefined {
  const entries = Object.entries(value);
  const isFine =
    !Array.isArray(value) &&
    entries.length <= 50 &&
    entries.every(([key, item]) => key !== '' && key.length <= 100 && typeof item === 'string' && item.length <= 500);
  if (isFine) return undefined;
  return {
    code: 'metaData',
    message: 'must be an object of at most 50 keys of up to 100 characters, each with a text of up to 500',
  };
}
