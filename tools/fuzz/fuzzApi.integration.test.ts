import { type Extent, fuzzBench } from './fuzzBench.ts';
import { reportLines } from './reportLines.ts';

type Bench = Awaited<ReturnType<typeof fuzzBench>>;

let bench: Bench;
beforeAll(async () => (bench = await fuzzBench()));
afterAll(() => bench.close());

async function expectNothingFound(extent: Extent) {
  const report = await bench.fuzz(extent);
  const lines = reportLines(report, bench.errorOf).join('\n');
  if (report.findings.length > 0 || report.neverRight.length > 0) console.error(lines);
  expect(report.findings.map(({ operation, what }) => `${operation} ${what}`)).toEqual([]);
  expect(report.neverRight).toEqual([]);
  expect(report.requests).toBeGreaterThanOrEqual(extent.requests);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
}

it('finds no request of 5,000 that the API breaks on, or answers with what it should not, and sees all operations work', async () => {
  await expectNothingFound({ api: '/api', requests: 5_000, seed: 1, lanes: 4 });
}, 300_000);

it('finds none of 2,000 to the SMS API either, and no text that its worker breaks on', async () => {
  await expectNothingFound({ api: '/sms', requests: 2_000, seed: 1, lanes: 2 });
  expect(bench.textFailures).toEqual([]);
}, 120_000);
