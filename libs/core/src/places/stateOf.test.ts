import { stateOf } from './stateOf.ts';
import { states } from './states.ts';

it.each(states)('knows $name by its code and by its name, whatever their case and blanks', ({ code, name }) => {
  for (const text of [
    code,
    code.toLowerCase(),
    ` ${code}\t`,
    name,
    name.toUpperCase(),
    ` ${name.replaceAll(' ', '  ')} `,
  ]) {
    expect(stateOf(text)).toBe(code);
  }
});

it.each(['', ' ', 'Mass.', 'Massachusett', 'X', 'ZZ', 'AE', 'Boston', 'constructor', '02108'])(
  'guesses nothing of %j',
  (text) => {
    expect(stateOf(text)).toBeUndefined();
  },
);

it('has no text that could mean two states', () => {
  const texts = states.flatMap(({ code, name }) => [code, name].map((text) => text.replaceAll(' ', '').toLowerCase()));

  expect(new Set(texts).size).toBe(texts.length);
});
