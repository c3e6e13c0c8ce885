import { screenRun } from './screenRun.ts';

// `npm run bench [-- <name> [number …]]`: each prints what it measured, against what, side by side in this one run.
const benches: Record<string, (...numbers: number[]) => Promise<void>> = { screenRun };

const [name, ...numbers] = process.argv.slice(2);
if (name !== undefined && !benches[name])
  throw new Error(`there is no bench ${name}: ${Object.keys(benches).join(', ')}`);
for (const [each, run] of Object.entries(benches))
  if (name === undefined || name === each) await run(...numbers.map(Number));
