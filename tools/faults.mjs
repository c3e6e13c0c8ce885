// `npm run test:faults`: all faults as often as the figures of docs/faults.md want it. `-- --part 1/4`: a quarter of it;
// `-- --quick`: a fifth of each; `-- --seed N`: another chance; `-- --minutes 30` (npm run soak): the soak alone, so long.
// Ends with one line of totals; exit 1 if anything was lost, doubled or stuck. Node's own modules only.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: {
    part: { type: 'string', default: '1/1' },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string' },
    minutes: { type: 'string' },
  },
});
if (!/^[1-9]\d*\/[1-9]\d*$/.test(values.part)) throw new Error('--part is written as 1/4');

const totalsFile = join(root, '.cache', 'fault-totals.ndjson');

function jest(...args) {
  const env = {
    ...process.env,
    FAULTS: values.quick ? 'quick' : 'whole',
    FAULT_PART: values.part,
    FAULT_TOTALS: totalsFile,
    ...(values.seed !== undefined && { FAULT_SEED: values.seed }),
    ...(values.minutes !== undefined && { SOAK_MINUTES: values.minutes }),
  };
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', '--conditions=source'];
  const all = [...node, join('node_modules', 'jest', 'bin', 'jest.js'), ...args, '--selectProjects', 'faults'];
  return new Promise((resolve) => {
    spawn(process.execPath, all, { cwd: root, env, stdio: 'inherit' }).on('close', (code) => resolve(code ?? 1));
  });
}

mkdirSync(dirname(totalsFile), { recursive: true });
rmSync(totalsFile, { force: true });
// Files whose repeats are shared among the parts: each part runs all of them. The other files are shared as they are.
const repeating = readdirSync(join(root, 'test/faults'))
  .filter((name) => name.endsWith('.faults.test.ts'))
  .map((name) => `test/faults/${name}`)
  .filter((path) => /\b(repeats|shareOf|partOf)\(/.test(readFileSync(join(root, path), 'utf8')));
const codes =
  values.minutes !== undefined
    ? [await jest('test/faults/soak')]
    : [
        await jest(...repeating),
        await jest(
          'test/faults',
          `--shard=${values.part}`,
          ...repeating.flatMap((path) => ['--testPathIgnorePatterns', path]),
        ),
      ];

const totals = { runs: 0, kills: 0, lost: 0, doubled: 0, stuck: 0, unknown: 0, parked: 0 };
for (const line of readFileSync(totalsFile, 'utf8').split('\n').filter(Boolean))
  for (const [name, count] of Object.entries(JSON.parse(line))) totals[name] = (totals[name] ?? 0) + count;
console.log(
  Object.entries(totals)
    .map(([name, count]) => `${name} ${count}`)
    .join(', '),
);
process.exitCode = codes.some(Boolean) || totals.lost + totals.doubled + totals.stuck > 0 ? 1 : 0;
