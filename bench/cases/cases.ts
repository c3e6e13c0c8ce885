import { type Case } from '../bench.ts';
import { api } from './api.ts';
import { due } from './due.ts';
import { fair } from './fair.ts';
import { growth } from './growth.ts';
import { imports } from './imports.ts';
import { inbound } from './inbound.ts';
import { loop } from './loop.ts';
import { memory } from './memory.ts';
import { parts } from './parts.ts';
import { run500k } from './run500k.ts';
import { schedules } from './schedules.ts';
import { smallRuns } from './smallRuns.ts';

/** All cases, in the order in which they are measured: the last one sums up what all others have shown of it. */
export const cases: readonly Case[] = [
  ...[run500k, parts, memory, growth],
  ...[smallRuns, api, fair, imports],
  ...[schedules, due, inbound],
  loop,
];
