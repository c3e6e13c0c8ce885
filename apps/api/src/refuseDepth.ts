import { InvalidInput } from '@muster/core/errors';

const MAX_DEPTH = 40;
const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [...Buffer.from('"\\[]{}')];

/** Refuses JSON (UTF-8) that is nested too deep, before it is parsed: JSON.parse takes seconds over a megabyte of brackets. */
export function refuseDepth(json: Uint8Array): void {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) at = endOfText(json, at);
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
    if (depth > MAX_DEPTH) {
      const message = `the body is nested deeper than ${MAX_DEPTH} levels`;
      throw new InvalidInput([{ field: '', code: 'tooDeep', message }]);
    }
  }
}

/** Where the text that begins at `start` ends: every byte of a longer UTF-8 character is above those of JSON's signs. */
function endOfText(json: Uint8Array, start: number) {
  let at = start + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
