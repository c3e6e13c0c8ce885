import { type KeywordRange, matchKeyword } from './matchKeyword.ts';
import { readKeyword } from './readKeyword.ts';

const keyword = (name: string, changes: Partial<KeywordRange> = {}): KeywordRange => ({
  keyword: name,
  subKeyword: null,
  keywordStartDate: null,
  keywordEndDate: null,
  ...changes,
});
const match = (text: string, candidates: KeywordRange[]) => matchKeyword(readKeyword(text), candidates, '2026-03-05');

it('prefers the keyword whose sub-keyword matches, too', () => {
  const [giv, barn] = [keyword('giv'), keyword('GIV', { subKeyword: 'Barn' })];
  expect(match('Giv barn', [giv, barn])?.keyword).toBe(barn);
  expect(match('Giv barn', [barn, giv])?.keyword).toBe(barn);
  expect(match('Giv barnet', [barn, giv])?.keyword).toBe(giv);
  expect(match('giv', [barn, giv])?.keyword).toBe(giv);
});

it('matches whole words only', () => {
  expect(match('give', [keyword('giv')])).toBeUndefined();
  expect(match('gi', [keyword('giv')])).toBeUndefined();
  expect(match('giv', [keyword('giv', { subKeyword: 'barn' })])).toBeUndefined();
  expect(match('', [keyword('')])).toBeUndefined();
});

it('takes an empty sub-keyword for none', () => {
  expect(match('giv', [keyword('giv', { subKeyword: '' })])).toMatchObject({ isWithinDates: true });
});

it.each([
  ['2026-03-05', null, true],
  [null, '2026-03-05', true],
  ['2026-03-05', '2026-03-05', true],
  ['2026-03-06', null, false],
  [null, '2026-03-04', false],
])('counts the first and the last day in: from %s to %s', (keywordStartDate, keywordEndDate, isWithinDates) => {
  expect(match('giv', [keyword('giv', { keywordStartDate, keywordEndDate })])).toMatchObject({ isWithinDates });
});

it('stays with the longest match when it has ended, so that nobody is charged for something else', () => {
  const ended = keyword('giv', { subKeyword: 'barn', keywordEndDate: '2026-03-04' });
  expect(match('giv barn', [keyword('giv'), ended])).toEqual({ keyword: ended, isWithinDates: false });
});

it('prefers the one within its dates among equals', () => {
  const [ended, open] = [keyword('giv', { keywordEndDate: '2026-03-04' }), keyword('giv')];
  expect(match('giv', [ended, open])).toEqual({ keyword: open, isWithinDates: true });
});
