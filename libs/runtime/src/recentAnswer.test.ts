import { recentAnswer } from './recentAnswer.ts';

/** A source that answers when it is told to. */
function slowSource() {
  const waiting: ((answer: string | Error) => void)[] = [];
  const ask = () =>
    new Promise<string>((resolve, reject) => {
      waiting.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
    });
  return { ask, waiting };
}

it('asks once for all who want to know at the same time, and for those who come soon after', async () => {
  const { ask, waiting } = slowSource();
  const recent = recentAnswer(ask, { keepMs: 60_000, withinMs: 60_000 });

  const both = [recent(), recent()];
  waiting[0]?.('three');

  expect(await Promise.all([...both, recent()])).toEqual(['three', 'three', 'three']);
  expect(waiting).toHaveLength(1);
});

it('asks again when the answer has grown old', async () => {
  const { ask, waiting } = slowSource();
  const recent = recentAnswer(ask, { keepMs: 0, withinMs: 60_000 });

  const first = recent();
  waiting[0]?.('three');
  await first;
  const second = recent();
  waiting[1]?.('four');

  expect(await second).toBe('four');
});

it('lets nobody wait longer than is agreed, asks no second time meanwhile, and keeps what comes late', async () => {
  const { ask, waiting } = slowSource();
  const recent = recentAnswer(ask, { keepMs: 60_000, withinMs: 5 });

  expect([await recent(), await recent()]).toEqual([undefined, undefined]);
  waiting[0]?.('late');
  await Promise.resolve();

  expect(await recent()).toBe('late');
  expect(waiting).toHaveLength(1);
});

it('does not press a source that has just failed', async () => {
  const { ask, waiting } = slowSource();
  const recent = recentAnswer(ask, { keepMs: 60_000, withinMs: 60_000 });

  const first = recent();
  waiting[0]?.(new Error('away'));

  expect([await first, await recent()]).toEqual([undefined, undefined]);
  expect(waiting).toHaveLength(1);
});
