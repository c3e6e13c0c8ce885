import { type Case } from '../bench.ts';
import { run500k } from './run500k.ts';

/** All cases, in the order in which they are measured. */
export const cases: readonly Case[] = [run500k];
