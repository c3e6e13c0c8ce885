import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { guards } from './guards.ts';
import { removeGuard } from './removeGuard.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('each guard that is taken away', () => {
  it.each(guards.map((guard) => [guard.name, guard] as const))(
    'stands in its file once, and its tests are there: %s',
    (_, guard) => {
      const text = readFileSync(root + guard.file, 'utf8');

      expect(removeGuard(text, guard)).not.toBe(text);
      expect(guard.tests.filter((test) => !existsSync(root + test))).toEqual([]);
      expect(guard.tests).not.toEqual([]);
    },
  );

  it('has a name of its own', () => {
    expect(new Set(guards.map(({ name }) => name)).size).toBe(guards.length);
  });
});
