import { type ImportOptions, type ImportProgress } from './importInput.ts';

const EVERY_MS = 1_000;

/** Passes progress on, at most once a second and at each new phase. */
export function tellProgress(onProgress: ImportOptions['onProgress']) {
  const now: ImportProgress = { phase: 'reading', readRows: 0, bytes: 0 };
  let toldAtMs = -Infinity;
  const pass = () => {
    toldAtMs = performance.now();
    onProgress?.({ ...now });
  };
  return {
    tell: (read: Omit<ImportProgress, 'phase'>) => {
      Object.assign(now, read);
      if (performance.now() - toldAtMs >= EVERY_MS) pass();
    },
    enter: (phase: ImportProgress['phase']) => {
      now.phase = phase;
      pass();
    },
  };
}
