import { join } from 'node:path';
import { waitFor } from '@muster/testing/waitFor';
import {
  announceMore,
  answerWith,
  bomb,
  cutBody,
  packBadly,
  replaceBody,
  shortBody,
  trickle,
  type Fault,
} from '../../../../tools/redash/faults.ts';
import {
  redashBench,
  expectPermanent,
  expectTemporary,
  RESULT,
  type Fetch,
} from '../../../../tools/redash/redashBench.ts';
import { proxyError } from '../../../../tools/redash/reply.ts';

const bench = redashBench([
  { id: 1, name: 'Borrowers', sql: 'select id, email from borrower order by id', apiKey: 'key-of-1' },
  { id: 8, name: 'Many', sql: `select id, 'a text, for size' as text from generate_series(1, 20000) id` },
]);

async function fetchCsv(fetch: Fetch = {}) {
  const { csv, result } = bench.fetchRows(fetch);
  const { rows, columns } = await result;
  return { rows, columns, csv: csv() };
}

describe('a result', () => {
  it.each<[string, Fault]>([
    ['breaks off', cutBody(100_000)],
    ['is shorter than announced', announceMore(10)],
    ['is badly packed', packBadly()],
    ['meets a restart', answerWith(proxyError(503))],
  ])('that %s is fetched again', async (_, fault) => {
    bench.redash().plan(fault, RESULT);

    expect(await fetchCsv({ query: 8 })).toMatchObject({ rows: 20_000 });
    expect(bench.pathsSeen().filter((path) => path.startsWith('POST'))).toHaveLength(1);
  });

  it.each<[string, Fault]>([
    ['breaks off each time', cutBody(100_000)],
    ['is shorter than announced each time', announceMore(10)],
    ['is badly packed each time', packBadly()],
    ['ends in the middle, announced so', shortBody(100_000)],
  ])('that %s is an error, never a shorter list', async (_, fault) => {
    bench.redash().plan(fault, { ...RESULT, times: 3 });

    await expectTemporary(bench.fetchRows({ query: 8 }), 'redashBodyCut');
  });

  it('that trickles ends at the deadline', async () => {
    bench.redash().plan(trickle(20), RESULT);

    await expectTemporary(bench.fetchRows({ query: 8, settings: { deadlineMs: 1_500 } }), 'redashUnavailable');
  });

  it('that is bigger than allowed is refused', async () => {
    await expectPermanent(bench.fetchRows({ query: 8, settings: { maxBytes: 100_000 } }), 'redashTooBig');
  });

  it('that is bigger than allowed once unpacked is refused', async () => {
    bench.redash().plan(bomb(5_000_000), RESULT);

    await expectPermanent(bench.fetchRows({ settings: { maxBytes: 1_000_000 } }), 'redashTooBig');
  });

  it.each([
    ['is no JSON', (text: string) => text.replace('"rows"', 'rows'), 'redashNotJson'],
    ['lacks its rows', () => '{"query_result": {"data": null}}', 'redashNotJson'],
    [
      'says itself that rows are missing',
      (text: string) => text.replace('"rows"', '"truncated": true, "rows"'),
      'redashTruncated',
    ],
  ])('that %s is refused', async (_, change, code) => {
    bench.redash().plan(replaceBody(change), RESULT);

    await expectPermanent(bench.fetchRows({ query: 8 }), code);
  });

  it('with another number than the job said is not taken', async () => {
    bench.redash().plan(
      replaceBody((text) => text.replace(/"id": \d+/, '"id": 999999')),
      RESULT,
    );

    await expectTemporary(bench.fetchRows(), 'redashNotFresh');
  });

  it('is not waited for when the run is stopped while it is written', async () => {
    const stop = new AbortController();
    const { to, result } = bench.fetchRows({ query: 8, signal: stop.signal });
    to.pause();
    await waitFor(() => to.writableLength > 0);
    stop.abort(new Error('the lease is lost'));

    await expect(result).rejects.toThrow('the lease is lost');
  });

  it('that cannot be kept on disk is a matter of time', async () => {
    await expectTemporary(
      bench.fetchRows({ settings: { spoolDirectory: join(bench.settings().spoolDirectory, 'nowhere') } }),
      'spoolNotWritten',
    );
  });
});
