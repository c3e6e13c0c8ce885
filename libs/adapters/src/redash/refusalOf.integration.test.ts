import { answerWith, withHeaders } from '../../../../tools/redash/faults.ts';
import {
  redashBench,
  expectPermanent,
  expectTemporary,
  START,
  type Fetch,
} from '../../../../tools/redash/redashBench.ts';
import {
  deletedDataSource,
  forbidden,
  loginRedirect,
  methodNotAllowed,
  missingCsrfToken,
  noDataSourceAccess,
  notFound,
  pausedDataSource,
  proxyError,
  serverError,
  webPage,
} from '../../../../tools/redash/reply.ts';

const bench = redashBench([
  { id: 1, name: 'Borrowers', sql: 'select id, email from borrower order by id', apiKey: 'key-of-1' },
  { id: 3, name: 'Endless', sql: 'select pg_sleep(600)', apiKey: 'key-of-3' },
  {
    id: 4,
    name: 'Numbered',
    sql: 'select {{ n }} as n',
    apiKey: 'key-of-4',
    parameters: [{ name: 'n', type: 'number', value: 7 }],
  },
  {
    id: 5,
    name: 'Texts',
    sql: `select {{ n }} as n, '{{ s }}' as s`,
    apiKey: 'key-of-5',
    parameters: [
      { name: 'n', type: 'number', value: 7 },
      { name: 's', type: 'text', value: 'seven' },
    ],
  },
]);

describe('a refusal', () => {
  it.each<[string, Fetch, string]>([
    ['of a bad key', { key: 'bad' }, 'redashKeyRefused'],
    ["of another query's key", { key: 'key-of-3' }, 'redashKeyRefused'],
    ['to know the query', { query: 999 }, 'redashQueryMissing'],
    ['of a text parameter to the key of the query', { query: 5, key: 'key-of-5' }, 'redashForbidden'],
    ['of a value that does not fit', { query: '4?p_n=seven' }, 'redashParameterRefused'],
    ['of a value that nothing takes', { query: '4?p_x=1' }, 'redashParameterRefused'],
  ])('%s is final', async (_, fetch, code) => {
    await expectPermanent(bench.fetchRows(fetch), code);
  });

  it.each([
    ['the login page', webPage, 'redashNotJson'],
    ['a redirect to the login', loginRedirect('http://redash.example/queries/1'), 'redashRedirected'],
    ['a path without its organisation', methodNotAllowed, 'redashNotJson'],
    ['a page that is not there', { ...webPage, status: 404 }, 'redashNotJson'],
    ['no permission', forbidden, 'redashForbidden'],
    ['no access to the data source', noDataSourceAccess, 'redashForbidden'],
    ['a deleted data source', deletedDataSource, 'redashDataSourceMissing'],
    ['a bad key where CSRF tokens are enforced', missingCsrfToken, 'redashKeyRefused'],
    ['a proxy that wants a login', { ...webPage, status: 401 }, 'redashKeyRefused'],
    ['an entity that is too large', { ...webPage, status: 413 }, 'redashRefused'],
  ])('by %s is final, and asked for once only', async (_, reply, code) => {
    bench.redash().plan(answerWith(reply), START);

    await expectPermanent(bench.fetchRows(), code);
    expect(bench.redash().requests).toHaveLength(1);
  });

  it('with additions of old versions to its text is understood', async () => {
    const guess = ' You have requested this URI [/api/queries/1] but did you mean /api/queries ?';
    const body = [
      Buffer.from(JSON.stringify({ message: `Couldn't find resource. Please login and try again.${guess}` })),
    ];
    bench.redash().plan(answerWith({ ...notFound, body }), START);

    await expectPermanent(bench.fetchRows(), 'redashKeyRefused');
  });

  it.each([
    ['a paused data source', pausedDataSource, 'redashPaused'],
    ['trouble of its own', serverError, 'redashUnavailable'],
    ['a proxy that waits in vain', proxyError(502), 'redashUnavailable'],
    ['a restart', proxyError(503), 'redashUnavailable'],
    ['a time-out of the proxy', proxyError(504), 'redashUnavailable'],
  ])('by %s is for now, and asked for once only', async (_, reply, code) => {
    bench.redash().plan(answerWith(reply), START);

    await expectTemporary(bench.fetchRows(), code);
    expect(bench.redash().requests).toHaveLength(1);
  });

  it('for too many requests says when to come again', async () => {
    bench.redash().plan(answerWith(withHeaders({ ...webPage, status: 429 }, { 'Retry-After': '7' })), START);

    await expect(bench.fetchRows().result).rejects.toMatchObject({
      code: 'redashUnavailable',
      details: { status: 429, retryAfterMs: 7_000 },
    });
  });

  it('names the target of a redirect, without what the address carries', async () => {
    const target = { ...webPage, status: 302, headers: { Location: 'https://sso.example/login?state=secret' } };
    bench.redash().plan(answerWith(target), START);

    await expect(bench.fetchRows().result).rejects.toThrow(/ to https:\/\/sso\.example\/login: /);
  });
});
