import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { recentAnswer } from './recentAnswer.ts';

const KEEP_MS = 5_000;
const WITHIN_MS = 2_000; // of the ten seconds that a scrape may take by default

export interface MetricOptions<Label extends string> {
  name: string;
  help: string;
  /** Few and known: names of steps, states, routes. Never an id: each new value is kept for as long as the process lives. */
  labels: readonly Label[];
}

export type Labels<Label extends string> = Record<Label, string>;

/** One value of a gauge. */
export interface Sample {
  labels?: Record<string, string>;
  value: number;
}

/** Figures that lie outside of the process and are asked for when somebody looks. */
export interface GaugeSource<Name extends string> {
  /** Where they lie: `database`, `queue`. */
  source: string;
  gauges: Record<Name, Omit<MetricOptions<string>, 'name'>>;
  /** Gives the values as they are now. Throws when they cannot be had. */
  read(): Promise<Record<Name, Sample[]>>;
}

/** The figures of a process, for Prometheus. */
export interface Metrics {
  /** Makes a counter; gives the function that counts. */
  counter<Label extends string>(options: MetricOptions<Label>): (labels: Labels<Label>, by?: number) => void;
  /** Makes a histogram of seconds; gives the function that notes one duration. */
  histogram<Label extends string>(
    options: MetricOptions<Label> & { buckets: number[] },
  ): (labels: Labels<Label>, seconds: number) => void;
  /** Makes gauges that are read when somebody looks, at most every 5 s. */
  gauges<Name extends string>(source: GaugeSource<Name>): void;
  /** All figures as text. Ends in 2 s: what a source did not tell by then is left out, and `muster_source_up` says so. */
  scrape(): Promise<{ contentType: string; text: string }>;
}

/** Opens the figures of this process, with those of Node itself. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const up = new Gauge({
    name: 'muster_source_up',
    help: 'Whether the figures that lie outside of this process could be had',
    labelNames: ['source'],
    registers,
  });
  const refreshers: (() => Promise<void>)[] = [];
  return {
    counter: ({ name, help, labels }) => {
      const counter = new Counter({ name, help, labelNames: labels, registers });
      return (values, by = 1) => counter.inc(values, by);
    },
    histogram: ({ name, help, labels, buckets }) => {
      const histogram = new Histogram({ name, help, labelNames: labels, buckets, registers });
      return (values, seconds) => histogram.observe(values, seconds);
    },
    gauges: (source) => {
      const gauges = makeGauges(source, registers);
      const ask = recentAnswer(() => source.read(), { keepMs: KEEP_MS, withinMs: WITHIN_MS });
      refreshers.push(async () => {
        const values = await ask();
        up.set({ source: source.source }, values ? 1 : 0);
        for (const [name, gauge] of gauges) {
          forget(gauge, source.gauges[name].labels);
          for (const { labels = {}, value } of values?.[name] ?? []) gauge.set(labels, value);
        }
      });
    },
    scrape: async () => {
      await Promise.all(refreshers.map((refresh) => refresh()));
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

/** A value that is not known any more must not look like one. */
function forget(gauge: Gauge, labels: readonly string[]) {
  gauge.reset();
  if (labels.length === 0) gauge.remove(); // it would read 0
}

function makeGauges<Name extends string>({ gauges }: GaugeSource<Name>, registers: Registry[]) {
  const named = Object.entries(gauges) as [Name, GaugeSource<Name>['gauges'][Name]][];
  return named.map(([name, { help, labels }]) => {
    return [name, new Gauge({ name, help, labelNames: labels, registers })] as const;
  });
}
