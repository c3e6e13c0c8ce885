import { hang, loseReply, trickle } from '../../../../tools/redash/faults.ts';
import { redashBench, expectPermanent, expectTemporary, START } from '../../../../tools/redash/redashBench.ts';

const bench = redashBench([
  { id: 1, name: 'Borrowers', sql: 'select id, email from borrower order by id', apiKey: 'key-of-1' },
]);

describe('a connection', () => {
  it('without encryption is not made unless it is allowed', async () => {
    await expectPermanent(bench.fetchRows({ settings: { allowHttp: () => false } }), 'redashNotEncrypted');
    expect(bench.redash().requests).toEqual([]);
  });

  it('is allowed by host and port', async () => {
    const asked: unknown[] = [];
    await bench.fetchRows({ settings: { allowHttp: (...address) => asked.push(address) > 0 } }).result;

    expect(asked).toEqual([['127.0.0.1', Number(new URL(bench.redash().url).port)]]);
  });

  it('that is refused is a matter of time', async () => {
    await bench.redash().stop();

    await expectTemporary(bench.fetchRows(), 'redashUnavailable');
  });

  it('that breaks off before the answer is a matter of time', async () => {
    bench.redash().plan(loseReply(), START);

    await expectTemporary(bench.fetchRows(), 'redashUnavailable');
  });

  it('that stays silent ends after the limit', async () => {
    bench.redash().plan(hang(), START);

    await expectTemporary(bench.fetchRows({ settings: { requestTimeoutMs: 150 } }), 'redashUnavailable');
  });

  it('that trickles ends after the limit too', async () => {
    bench.redash().plan(trickle(50), START);

    await expectTemporary(bench.fetchRows({ settings: { requestTimeoutMs: 300 } }), 'redashUnavailable');
  });
});
