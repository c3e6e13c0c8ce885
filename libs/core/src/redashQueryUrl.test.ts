import { InvalidInput } from './errors.ts';
import { parseQueryUrl } from './redashQueryUrl.ts';

it('reads the server and the number of the query', () => {
  expect(parseQueryUrl('https://redash.example.com/queries/42')).toEqual({
    baseUrl: 'https://redash.example.com',
    queryId: 42,
    parameters: [],
  });
});

it.each([
  ['an organisation', 'https://r.example/default/queries/7', 'https://r.example/default'],
  ['a port and a sub-path', 'https://r.example:8443/tools/redash/queries/7', 'https://r.example:8443/tools/redash'],
  ['an address of the API', 'https://r.example/org/api/queries/7/results.json', 'https://r.example/org'],
  ['plain http, which the operator may allow', 'http://127.0.0.1:5000/queries/7', 'http://127.0.0.1:5000'],
])('keeps %s in front of the query', (_, text, baseUrl) => {
  expect(parseQueryUrl(text)).toMatchObject({ baseUrl, queryId: 7 });
});

it.each(['/source', '/', '#12', '/source?foo=1#12', '?fullscreen'])('ignores %s behind the number', (rest) => {
  expect(parseQueryUrl(`https://r.example/queries/42${rest}`)).toEqual({
    baseUrl: 'https://r.example',
    queryId: 42,
    parameters: [],
  });
});

it('keeps the parameter values of the address', () => {
  expect(parseQueryUrl('https://r.example/queries/1?p_day=2026-01-02&x=1&p_name=a%26b&p_').parameters).toEqual([
    ['day', '2026-01-02'],
    ['name', 'a&b'],
  ]);
});

it.each([
  ['no address', 'queries/42'],
  ['another scheme', 'ftp://r.example/queries/42'],
  ['one slash, which URL parsers repair', 'https:/r.example/queries/42'],
  ['slashes that lean the other way', 'https:\\\\r.example/queries/42'],
  ['no query', 'https://r.example/dashboards/42'],
  ['a query without a number', 'https://r.example/queries/new'],
  ['a number with letters behind it', 'https://r.example/queries/42abc'],
  ['query 0', 'https://r.example/queries/0'],
  ['a number that Redash cannot hold', 'https://r.example/queries/2147483648'],
  ['a name and a password', 'https://me:secret@r.example/queries/42'],
  ['a key', 'https://r.example/queries/42?api_key=secret'],
  ['a key in capitals', 'https://r.example/queries/42?p_x=1&API_KEY=secret'],
  ['a key in other words', 'https://r.example/queries/42?apiKey=secret'],
  ['a key with odd characters', 'https://r.example/queries/42?api%5Fkey=secret'],
  ['a key behind the hash', 'https://r.example/queries/42#12?api_key=secret'],
  ['more than 2,000 characters', `https://r.example/queries/42?p_x=${'x'.repeat(2_000)}`],
])('refuses %s', (_, text) => {
  expect(() => parseQueryUrl(text)).toThrow(InvalidInput);
});

it('names the field, and repeats nothing of what was written', () => {
  const error = thrownBy(() => parseQueryUrl('https://me:secret@r.example/queries/42'));

  expect(error).toMatchObject({ faults: [{ field: 'redashQueryUrl', code: 'isRedashQueryUrl' }] });
  expect(String(error)).not.toContain('secret');
});

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
