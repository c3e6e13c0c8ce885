import { fuzzBench } from './fuzzBench.ts';
import { reportLines } from './reportLines.ts';

it('finds no request of 5,000 that the API breaks on, or answers with what it should not, and sees all operations work', async () => {
  const bench = await fuzzBench();
  try {
    const report = await bench.fuzz({ requests: 5_000, seed: 1, lanes: 4 });
    const lines = reportLines(report, bench.errorOf).join('\n');
    if (report.findings.length > 0 || report.neverRight.length > 0) console.error(lines);
    expect(report.findings.map(({ operation, what }) => `${operation} ${what}`)).toEqual([]);
    expect(report.neverRight).toEqual([]);
    expect(report.requests).toBeGreaterThanOrEqual(5_000);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  } finally {
    await bench.close();
  }
}, 300_000);
