import { type FuzzReport } from './fuzzApi.ts';

/** What the fuzzer has to say, for people. `errorOf` gives what broke a request, where that is known. */
export function reportLines(report: FuzzReport, errorOf: (requestId: string | undefined) => unknown): string[] {
  const { requests, byStatus, byOperation, neverRight, findings } = report;
  return [
    ...findings.flatMap(({ operation, what, curl, answer, requestId, seed }) => [
      `${operation} ${what} (seed ${seed})`,
      `  ${curl}`,
      `  ${answer.slice(0, 500)}`,
      ...errorLines(errorOf(requestId)),
    ]),
    `${requests} requests, ${findings.length} findings`,
    Object.entries(byStatus)
      .map(([status, count]) => `${status === '0' ? 'no answer' : status}: ${count}`)
      .join(', '),
    ...Object.entries(byOperation).map(([name, of]) => `  ${name.padEnd(40)} ${inHundreds(of)}`),
    ...(neverRight.length > 0 ? [`never answered 2xx: ${neverRight.join(', ')}`] : []),
  ];
}

function inHundreds(of: Record<string, number>) {
  return Object.entries(of)
    .map(([hundred, count]) => `${hundred}xx ${count}`)
    .join('  ');
}

function errorLines(error: unknown): string[] {
  if (error === undefined) return [];
  const { stack } = error as { stack?: unknown };
  return [`  ${typeof stack === 'string' ? stack.split('\n').slice(0, 8).join('\n  ') : JSON.stringify(error)}`];
}
