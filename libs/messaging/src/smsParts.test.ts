import fc from 'fast-check';
import { smsParts } from './smsParts.ts';

const a = (count: number) => 'a'.repeat(count);

it.each<[string, string, [string, number, number]]>([
  ['nothing', '', ['GSM-7', 0, 1]],
  ['one part to its last septet', a(160), ['GSM-7', 160, 1]],
  ['one septet more', a(161), ['GSM-7', 161, 2]],
  ['two parts to the last septet', a(306), ['GSM-7', 306, 2]],
  ['one more', a(307), ['GSM-7', 307, 3]],
  ['nine parts to the last septet', a(1377), ['GSM-7', 1377, 9]],
  ['one more than nine parts', a(1378), ['GSM-7', 1378, 10]],
  ['Danish letters', 'æøåÆØÅ'.repeat(26), ['GSM-7', 156, 1]],
  ['é, which GSM-7 has', `${a(159)}é`, ['GSM-7', 160, 1]],
  ['ê, which it has not', `${a(159)}ê`, ['UCS-2', 160, 3]],
  ['Ç, which it has, as a capital only', 'Ç', ['GSM-7', 1, 1]],
  ['ç', 'ç', ['UCS-2', 1, 1]],
  ['line breaks', 'a\r\nb', ['GSM-7', 4, 1]],
  ['Greek capitals', 'ΔΦΓΛΩΠΨΣΘΞ', ['GSM-7', 10, 1]],
  ['the signs behind the escape', '\f^{}\\[~]|€', ['GSM-7', 20, 1]],
  ['the escape itself, which is no sign', '\u001b', ['UCS-2', 1, 1]],
  ['an accent of its own, which is another sign than é', 'e\u0301', ['UCS-2', 2, 1]],
  ['80 euro signs', '€'.repeat(80), ['GSM-7', 160, 1]],
  ['a euro sign more', '€'.repeat(81), ['GSM-7', 162, 2]],
  ['one part in UCS-2', 'ê'.repeat(70), ['UCS-2', 70, 1]],
  ['one unit more', 'ê'.repeat(71), ['UCS-2', 71, 2]],
  ['nine parts in UCS-2', 'ê'.repeat(603), ['UCS-2', 603, 9]],
  ['one unit more than nine', 'ê'.repeat(604), ['UCS-2', 604, 10]],
  ['emojis', '🎉'.repeat(35), ['UCS-2', 70, 1]],
  ['an emoji more', '🎉'.repeat(36), ['UCS-2', 72, 2]],
  ['an emoji among plain letters', `${a(68)}🎉`, ['UCS-2', 70, 1]],
  ['half a surrogate pair', '\ud83c', ['UCS-2', 1, 1]],
])('counts %s', (_, text, [encoding, units, parts]) => {
  expect(smsParts(text)).toEqual({ encoding, units, parts });
});

it('never splits an escape pair: it goes to the next part whole', () => {
  expect(smsParts(`${a(152)}€${a(152)}`)).toEqual({ encoding: 'GSM-7', units: 306, parts: 3 });
  expect(smsParts(`${a(151)}€${a(153)}`)).toEqual({ encoding: 'GSM-7', units: 306, parts: 2 });
});

it('never splits a surrogate pair', () => {
  expect(smsParts(`${'ê'.repeat(66)}🎉${'ê'.repeat(66)}`)).toEqual({ encoding: 'UCS-2', units: 134, parts: 3 });
  expect(smsParts(`${'ê'.repeat(65)}🎉${'ê'.repeat(67)}`)).toEqual({ encoding: 'UCS-2', units: 134, parts: 2 });
});

it('takes no fewer parts than the units need, and loses at most one unit at each border', () => {
  const signs = fc.array(fc.constantFrom('a', '€', 'ê', '🎉'), { maxLength: 700 });
  fc.assert(
    fc.property(signs, (list) => {
      const { encoding, units, parts } = smsParts(list.join(''));
      const [alone, each] = encoding === 'GSM-7' ? [160, 153] : [70, 67];
      const isOne = units <= alone;
      expect(parts).toBeGreaterThanOrEqual(isOne ? 1 : Math.ceil(units / each));
      expect(parts).toBeLessThanOrEqual(isOne ? 1 : Math.ceil(units / (each - 1)));
    }),
    { seed: 7, numRuns: 300 },
  );
});
