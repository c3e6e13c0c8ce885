import { fillPlaceholders } from './fillPlaceholders.ts';

const fill = (text: string, values: Record<string, string>) => fillPlaceholders(text, new Map(Object.entries(values)));

it.each<[string, string, Record<string, string>, string]>([
  ['each time that it stands there', 'a [x] b [x]', { '[x]': '1' }, 'a 1 b 1'],
  ['as it is written, whatever signs it has', 'go $& (.*) {{u}}', { '$&': '1', '(.*)': '2', '{{u}}': '3' }, 'go 1 2 3'],
  ['with a value of any signs', 'go [x]', { '[x]': '$& $1' }, 'go $& $1'],
  ['and not again in what was put there', 'go [x] [y]', { '[x]': '[y]', '[y]': '[x]' }, 'go [y] [x]'],
  ['and means the longer of two', 'URL1 URL', { URL: 'a', URL1: 'b' }, 'b a'],
])('puts a value for a placeholder %s', (_, ...[text, values, filled]) => {
  expect(fill(text, values)).toEqual({ text: filled, unused: [] });
});

it('names the placeholders that the text does not have', () => {
  expect(fill('go [x]', { '[x]': '1', '[y]': '2' })).toEqual({ text: 'go 1', unused: ['[y]'] });
  expect(fill('URL1', { URL: 'a', URL1: 'b' }).unused).toEqual(['URL']);
  expect(fill('as it is', {})).toEqual({ text: 'as it is', unused: [] });
});
