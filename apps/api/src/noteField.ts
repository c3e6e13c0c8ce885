import { type Notes, type Refusal, text } from '@muster/core/fields';

/** Why a person did something: some words, not only blanks. */
export const noteField = (notes: Notes) => text({ ...notes, min: 1, max: 1_000, lines: true, rule: refuseBlank });

function refuseBlank(value: string): Refusal | undefined {
  if (/[^\p{Z}\p{C}]/u.test(value)) return undefined;
  return { code: 'wrongForm', message: 'is blank: say in some words why' };
}
