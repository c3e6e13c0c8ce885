export interface RecentOptions {
  /** For how long an answer, or that there was none, is good. */
  keepMs: number;
  /** How long whoever asks waits for a new one. */
  withinMs: number;
}

interface Kept<Answer> {
  answer: Answer | undefined;
  at: number;
}

/**
 * Asks for something that costs, at most once in `keepMs` and never twice at a time, however often and by how many it is
 * wanted. Undefined where it failed or takes too long; an answer that comes late is there for the next one.
 */
export function recentAnswer<Answer>(
  ask: () => Promise<Answer>,
  { keepMs, withinMs }: RecentOptions,
): () => Promise<Answer | undefined> {
  let kept: Kept<Answer> | undefined;
  let asking: Promise<Answer | undefined> | undefined;
  const keep = (answer: Answer | undefined) => {
    kept = { answer, at: performance.now() };
    asking = undefined;
    return answer;
  };
  return async () => {
    if (kept && performance.now() - kept.at < keepMs) return kept.answer;
    asking ??= ask().then(keep, () => keep(undefined));
    return inTime(asking, withinMs);
  };
}

async function inTime<Answer>(answer: Promise<Answer>, ms: number): Promise<Answer | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
