import fc from 'fast-check';
import { foldWord, isStopWord, readKeyword } from './readKeyword.ts';

it.each([
  ['GIV', 'giv', ''],
  ['Giv Barn', 'giv', 'barn'],
  ['  giv \t barn \r\n 100 kr', 'giv', 'barn'],
  ['giv\u00a0barn', 'giv', 'barn'],
  ['giv\u2003barn\u3000nu', 'giv', 'barn'],
  ['giv\u0085barn', 'giv', 'barn'],
  ['\ufeffgiv', 'giv', ''],
  ['g\u200bi\u200dv\u2060 b\u00adarn', 'giv', 'barn'],
  ['\u202agiv\u202c', 'giv', ''],
  ['HJÆLP', 'hjælp', ''],
  ['A\u030aR', 'år', ''],
  ['Å\u200bR', 'år', ''],
  ['A\u200b\u030aR', 'år', ''],
  ['\u0130', 'i\u0307', ''],
  ['❤\ufe0f', '❤', ''],
  ['GIV!', 'giv', ''],
  ['"Giv", 50.', 'giv', '50'],
  ['', '', ''],
  [' \u200b ', '', ''],
])('reads the first two words of %j, folded', (text, first, second) => {
  expect(readKeyword(text)).toEqual({ first, second });
});

it.each([
  ['GIV STOP', 'giv'],
  ['giv stop', 'giv'],
  ['Giv Stop.', 'giv'],
  ['GIV, STOP!!', 'giv'],
  ['giv stop tak', 'giv'],
  ['giv sto\u200bp', 'giv'],
  ['giv\nSTOP', 'giv'],
  ['"GIV STOP"', 'giv'],
  ['giv barn stop', 'giv'],
  ['STOP', ''],
  ['stop', ''],
  [' Stop.', ''],
  ['STOP!!', ''],
  ['»Stop«', ''],
  ['stop…', ''],
  ['STOP STOP', ''],
  ['STOP !', ''],
  ['STOP GIV', 'giv'],
  ['stop: giv.', 'giv'],
  ['❤ STOP', '❤'],
])('understands %j as a wish to stop', (text, keyword) => {
  expect(readKeyword(text).stop).toEqual({ keyword });
});

it.each(['STOPS', 'STOPPED', 'giv stopped', 'nonstop', 's t o p', 'st-op', 'stop2', '!!!', 'GIV', ''])(
  'takes %j for no wish to stop',
  (text) => {
    expect(readKeyword(text).stop).toBeUndefined();
  },
);

it('keeps STOP from being a keyword, however it is written', () => {
  expect(['stop', 'STOP', ' Stop! ', 's\u200btop'].every(isStopWord)).toBe(true);
  expect(['stops', 'giv', ''].some(isStopWord)).toBe(false);
});

it('folds a word once: again is the same', () => {
  const signs = fc.constantFrom(
    'A',
    'å',
    '\u030a',
    '\u0130',
    'Σ',
    'ß',
    '\u2126',
    '\u1100',
    '\u1161',
    '\u200b',
    '\u00a0',
    ' ',
    '🎉',
  );
  fc.assert(
    fc.property(fc.array(signs), (list) => {
      const text = list.join('');
      expect(foldWord(foldWord(text))).toBe(foldWord(text));
    }),
    { seed: 7, numRuns: 300 },
  );
});

it('reads words without white space, and the same ones in capitals', () => {
  const words = fc.array(fc.stringMatching(/^[a-zæøå0-9]{1,9}$/), { minLength: 2, maxLength: 9 });
  const gap = fc.constantFrom(' ', '\t', '\u00a0', '\n', ' \u2009 ');
  fc.assert(
    fc.property(words, gap, (list, space) => {
      const read = readKeyword(list.join(space));
      expect([read.first, read.second]).toEqual(list.slice(0, 2));
      expect(readKeyword(list.join(space).toUpperCase())).toEqual(read);
    }),
    { seed: 7, numRuns: 300 },
  );
});
