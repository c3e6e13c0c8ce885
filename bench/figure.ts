/** What a figure is told in; `x` is a ratio. */
export type Unit = 'x' | 's' | 'ms' | 'MiB';

/** The bound that a figure should keep. */
export type Wanted = { atMost: number } | { atLeast: number };

/** One line of the table: what was measured side by side, and what is wanted of it. */
export interface Figure {
  /** The name of its case. */
  case: string;
  what: string;
  /** The median of ours and of its peer, as they are printed; empty where there is none. */
  ours: string;
  peer: string;
  value: number;
  unit: Unit;
  wanted: Wanted;
  /** All that was measured, by the side that it was measured of. */
  samples: Record<string, number[]>;
}

/** Whether a figure keeps its bound; one that could not be measured does not. */
export function isReached({ value, wanted }: Pick<Figure, 'value' | 'wanted'>): boolean {
  return 'atMost' in wanted ? value <= wanted.atMost : value >= wanted.atLeast;
}

/** The end of a figure's line. */
export function verdictOf(figure: Pick<Figure, 'value' | 'unit' | 'wanted'>): string {
  if (isReached(figure)) return 'reached';
  const { wanted, unit } = figure;
  const bound = 'atMost' in wanted ? `at most ${wanted.atMost}` : `at least ${wanted.atLeast}`;
  return `missed (wanted ${bound} ${unit})`;
}

/** A number with its unit: three digits that count, and thousands apart. */
export function withUnit(value: number, unit: string): string {
  if (!Number.isFinite(value)) return `- ${unit}`;
  const digits = value !== 0 && Math.abs(value) < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 };
  return `${value.toLocaleString('en-US', digits)} ${unit}`;
}
