import { states } from './states.ts';

const codes = new Map(states.flatMap(({ code, name }) => [code, name].map((text) => [key(text), code])));

/**
 * The code of the state, territory or province that a text names by its code or its full name, whatever its case and
 * blanks: ` new york` and `ny` give `NY`. Nothing is guessed: other words give undefined.
 */
export function stateOf(text: string): string | undefined {
  return codes.get(key(text));
}

function key(text: string): string {
  return text.replace(/\s+/g, '').toLowerCase();
}
