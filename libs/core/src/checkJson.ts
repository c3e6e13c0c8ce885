import { isCleanText, type Refusal } from './fields.ts';

const MOST_LEVELS = 5;
const MOST_LENGTH = 20_000;
const MOST_KEYS = 50;
const LONGEST_KEY = 100;
const LONGEST_VALUE = 500;

/** Why a value is no JSON object that can be kept: too deep, too long, or with texts that the database cannot hold. */
export function refuseJsonObject(value: unknown): Refusal | undefined {
  if (!isRecord(value)) return { code: 'wrongType', message: 'must be an object' };
  if (!isKeepable(value, MOST_LEVELS)) {
    const message = `must be at most ${MOST_LEVELS} levels deep, its texts without control characters`;
    return { code: 'wrongCharacters', message };
  }
  if (JSON.stringify(value).length <= MOST_LENGTH) return undefined;
  return { code: 'wrongLength', message: `must be at most ${MOST_LENGTH} characters of JSON` };
}

/** Why a value is no `metaData`: at most 50 keys of up to 100 characters, each with a text of up to 500. */
export function refuseMetaData(value: unknown): Refusal | undefined {
  if (!isRecord(value)) return { code: 'wrongType', message: 'must be an object' };
  const entries = Object.entries(value);
  const isFine = entries.length <= MOST_KEYS && entries.every(([key, text]) => isKey(key) && isValue(text));
  if (isFine) return undefined;
  const message =
    `must be an object of at most ${MOST_KEYS} keys of 1 to ${LONGEST_KEY} characters, ` +
    `each with a text of up to ${LONGEST_VALUE}, without control characters`;
  return { code: 'notMetaData', message };
}

function isKey(key: string) {
  return key !== '' && lengthOf(key) <= LONGEST_KEY && isCleanText(key);
}

function isValue(value: unknown) {
  return typeof value === 'string' && lengthOf(value) <= LONGEST_VALUE && isCleanText(value, true);
}

function lengthOf(text: string) {
  return text.length <= LONGEST_KEY ? text.length : Array.from(text).length;
}

function isKeepable(value: unknown, levels: number): boolean {
  if (typeof value === 'string') return isCleanText(value, true);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.entries(value).every(([key, item]) => isCleanText(key) && isKeepable(item, levels - 1));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
