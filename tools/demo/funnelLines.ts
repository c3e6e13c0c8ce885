import { type DemoRun } from './demoRun.ts';

const LABEL_WIDTH = 40;
const NUMBER_WIDTH = 9;

/** The funnel of a run's counts, from the rows of the query to the contacts in the file, one line each. */
export function funnelLines(counts: DemoRun['counts']): string[] {
  const of = (name: string) => (typeof counts[name] === 'number' ? counts[name] : 0);
  const screenedOut = Object.entries(typeof counts['screenedOut'] === 'object' ? counts['screenedOut'] : {});
  return [
    line('rows of the query', of('queried')),
    less('no whole, positive borrower id', of('invalid')),
    less('the same borrower and loan again', of('duplicate')),
    less('a borrower nobody knows', of('unknownBorrower')),
    line('rows that go on', of('goOn')),
    less('no contact that the exporter wants', of('noContact')),
    line('rows with contacts', of('matched')),
    line('their contacts', of('contacts')),
    ...screenedOut.map(([reason, count]) => less(`screened out: ${reason}`, count)),
    line('contacts in the file', of('exported')),
  ];
}

function line(label: string, count: number) {
  return label.padEnd(LABEL_WIDTH) + count.toLocaleString('en-US').padStart(NUMBER_WIDTH);
}

function less(label: string, count: number) {
  return line(`  - ${label}`, count);
}
