import { waitFor } from '@muster/testing/waitFor';
import { answerWith, trickJob } from '../../../../tools/redash/faults.ts';
import {
  redashBench,
  expectPermanent,
  expectTemporary,
  START,
  POLL,
  USER_KEY,
  type Fetch,
} from '../../../../tools/redash/redashBench.ts';
import { proxyError, serverError } from '../../../../tools/redash/reply.ts';

const bench = redashBench([
  { id: 1, name: 'Borrowers', sql: 'select id, email from borrower order by id', apiKey: 'key-of-1' },
  { id: 2, name: 'Broken', sql: `select * from nosuch where email = 'jane@example.com'` },
  { id: 3, name: 'Endless', sql: 'select pg_sleep(600)', apiKey: 'key-of-3' },
]);

async function fetchCsv(fetch: Fetch = {}) {
  const { csv, result } = bench.fetchRows(fetch);
  const { rows, columns } = await result;
  return { rows, columns, csv: csv() };
}

describe('a running query', () => {
  it('survives some hiccups of a proxy', async () => {
    bench.redash().plan(answerWith(proxyError(502)), { ...POLL, times: 4 });

    expect(await fetchCsv()).toMatchObject({ rows: 0 });
  });

  it('that Redash no longer knows is started again later', async () => {
    bench.redash().plan(answerWith(serverError), { ...POLL, times: 50 });

    await expectTemporary(bench.fetchRows(), 'redashJobMissing');
  });

  it('that a preview calls failed too soon is looked at again', async () => {
    bench.redash().plan(trickJob({ falseFailures: 3 }), START);

    expect(await fetchCsv()).toMatchObject({ rows: 0 });
  });

  it('that died without a word is started again later', async () => {
    bench.redash().plan(trickJob({ isLost: true }), START);

    await expectTemporary(bench.fetchRows(), 'queryLost');
  });

  it('that finished without a result is started again later', async () => {
    bench.redash().plan(trickJob({ hasNoResult: true }), START);

    await expectTemporary(bench.fetchRows(), 'queryLost');
  });

  it('that fails tells why, in the words of the database but without the comment and the user in it', async () => {
    await expectPermanent(bench.fetchRows({ query: 2 }), 'queryFailed');
    await expect(bench.fetchRows({ query: 2 }).result).rejects.toThrow(
      'Redash query 2 failed: relation "nosuch" does not exist',
    );
  });

  it("that meets Redash's own limit is not tried again", async () => {
    bench.redash().plan(trickJob({ error: 'Query exceeded Redash query execution time limit.' }), START);

    await expectPermanent(bench.fetchRows(), 'queryTimedOut');
  });

  it('that somebody cancels is started again later', async () => {
    const { result, to } = bench.fetchRows({ query: 3 });
    const job = await waitFor(() =>
      bench
        .redash()
        .requests.find(({ path }) => path.includes('/jobs/'))
        ?.path.split('/')
        .at(-1),
    );
    await fetch(`${bench.redash().url}/api/jobs/${job}`, {
      method: 'DELETE',
      headers: { authorization: `Key ${USER_KEY}` },
    });

    await expectTemporary({ result, to, csv: () => '' }, 'queryCanceled');
  });

  it('is cancelled at the deadline', async () => {
    await expectTemporary(bench.fetchRows({ query: 3, settings: { deadlineMs: 400 } }), 'queryOverdue');
    expect(bench.pathsSeen().at(-1)).toBe('DELETE /api/jobs/JOB');
  });

  it("that somebody else's dead worker holds is cancelled at the deadline, so that the next attempt gets its own", async () => {
    const dead = bench.redash().runElsewhere(3);
    await expectTemporary(bench.fetchRows({ query: 3, settings: { deadlineMs: 400 } }), 'queryOverdue');

    expect(bench.redash().requests.at(-1)).toMatchObject({ method: 'DELETE', path: `/api/jobs/${dead}` });
  });

  it('ends at the deadline with the key of a query too, which cannot cancel', async () => {
    await expectTemporary(
      bench.fetchRows({ query: 3, key: 'key-of-3', settings: { deadlineMs: 400 } }),
      'queryOverdue',
    );
  });

  it('is cancelled when the run is', async () => {
    const stop = new AbortController();
    const { result, to } = bench.fetchRows({ query: 3, signal: stop.signal });
    await waitFor(() => bench.pathsSeen().some((path) => path.includes('/jobs/')));
    stop.abort(new Error('the lease is lost'));

    await expect(result).rejects.toThrow('the lease is lost');
    expect(bench.pathsSeen().at(-1)).toBe('DELETE /api/jobs/JOB');
    expect(to.writableEnded).toBe(false);
  });
});
