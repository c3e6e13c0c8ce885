import { type Case } from '../bench.ts';
import { growth } from './growth.ts';
import { memory } from './memory.ts';
import { parts } from './parts.ts';
import { run500k } from './run500k.ts';

/** All cases, in the order in which they are measured. */
export const cases: readonly Case[] = [run500k, memory, growth, parts];
