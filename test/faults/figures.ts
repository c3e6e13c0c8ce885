/** What was measured, and what it shall be at most. */
export interface Figure {
  name: string;
  unit: 'ms' | 'times';
  values: number[];
  /** The wanted upper bounds; of `max`, for what may not happen at all, 0. */
  wanted: { p95?: number; p99?: number; max?: number };
}

/** The value below which `share` of the values lie, or the highest one. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** Prints a figure, and whether it is what was wanted; gives that. */
export function tellFigure({ name, unit, values, wanted }: Figure): boolean {
  const found = { p50: percentile(values, 0.5), ...bounds(values) };
  const missed = Object.entries(wanted).filter(([bound, most]) => !(found[bound as keyof typeof found] <= most));
  const told = Object.entries(found).map(([bound, value]) => `${bound} ${Math.round(value)}`);
  const verdict = missed.map(([bound, most]) => `missed (wanted ${bound} ${most})`).join(', ') || 'reached';
  console.log(`  ${name}: ${told.join(', ')} ${unit}, n ${values.length}: ${verdict}`);
  return missed.length === 0;
}

function bounds(values: readonly number[]) {
  return { p95: percentile(values, 0.95), p99: percentile(values, 0.99), max: percentile(values, 1) };
}
