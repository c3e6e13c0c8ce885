import { takeTurns } from './takeTurns.ts';

/** Work that ends when it is told to; `begun` names what is at work or has been. */
function bench({ most, waitMs = 10_000 }: { most: number; waitMs?: number }) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const inTurn = takeTurns({ most, waitMs, late: () => new Error('late') });
  const ask = (name: string, what: string) =>
    inTurn(name, async () => {
      begun.push(what);
      await new Promise<void>((resolve) => ends.set(what, resolve));
      return what;
    });
  return { begun, ask, end: (what: string) => ends.get(what)?.() };
}

it('lets so many of one name work at a time, and as many of another', async () => {
  const { begun, ask, end } = bench({ most: 2 });
  void Promise.all([ask('acme', 'a1'), ask('acme', 'a2'), ask('acme', 'a3'), ask('other', 'o1')]);
  await Promise.resolve();

  expect(begun).toEqual(['a1', 'a2', 'o1']);
  end('a1'); // nobody waits any longer
});

it('lets those that wait begin in the order in which they came', async () => {
  const { begun, ask, end } = bench({ most: 1 });
  const [first, second] = [ask('acme', 'a1'), ask('acme', 'a2'), ask('acme', 'a3')];

  end('a1');
  expect(await first).toBe('a1');
  await Promise.resolve();
  expect(begun).toEqual(['a1', 'a2']);

  end('a2');
  expect(await second).toBe('a2');
  await Promise.resolve();
  expect(begun).toEqual(['a1', 'a2', 'a3']);
});

it('goes on after work that failed', async () => {
  const inTurn = takeTurns({ most: 1, waitMs: 10_000, late: () => new Error('late') });
  const failing = inTurn('acme', () => Promise.reject(new Error('it failed')));
  const next = inTurn('acme', async () => 'done');

  await expect(failing).rejects.toThrow('it failed');
  expect(await next).toBe('done');
  expect(await inTurn('acme', async () => 'done again')).toBe('done again');
});

it('sends away who has waited too long, and never does that work', async () => {
  const { begun, ask, end } = bench({ most: 1, waitMs: 20 });
  const first = ask('acme', 'a1');
  await expect(ask('acme', 'a2')).rejects.toThrow('late');
  end('a1');
  await first;

  void ask('acme', 'a3');
  await Promise.resolve();
  expect(begun).toEqual(['a1', 'a3']);
});
