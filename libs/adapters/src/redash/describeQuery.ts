import { type QueryDescriber } from '@muster/pipeline/checkConnections';
import { deadlineIn } from './deadline.ts';
import { type CallLimits, redashCalls } from './redashCalls.ts';

const LONGEST_NAME = 255;

/** Asks Redash servers what a saved query is, within `requestTimeoutMs`. */
export function describeQuery(limits: CallLimits): QueryDescriber {
  return {
    async describe(query, signal) {
      const calls = redashCalls(query, limits, { deadline: deadlineIn(limits.requestTimeoutMs), signal });
      const { name } = ((await calls.describe()) ?? {}) as { name?: unknown };
      return { name: typeof name === 'string' ? shown(name) : null };
    },
  };
}

function shown(name: string) {
  const characters = Array.from(name.replaceAll(/[\p{Cc}\p{Cs}]/gu, ' '));
  return characters.slice(0, LONGEST_NAME).join('');
}
