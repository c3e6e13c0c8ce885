import { parseArgs } from 'node:util';
import { migrate } from '@muster/db/migrate';
import { startPostgres } from '@muster/testing/startPostgres';
import { createTemplate } from '@muster/testing/testDatabase';
import { fuzzBench } from './fuzzBench.ts';
import { reportLines } from './reportLines.ts';

const usage = `npm run fuzz -- [--requests 50000] [--seed 7] [--lanes 4]

Sends so many requests to all operations of an API of its own, and as many to those of its SMS API, made of the
descriptions: right ones, near misses, nonsense. Ends with 1 where one was answered with 5xx, off its description, too
late, or with what is another company's; and where an operation never answered 2xx.`;

const { requests, seed, lanes, help } = optionsOrExit();
if (help) console.log(usage);
else process.exitCode = await run();

async function run(): Promise<number> {
  console.error('Starting PostgreSQL and an API …');
  const postgres = await startPostgres();
  try {
    await createTemplate(postgres.url, migrate);
    process.env['MUSTER_TEST_POSTGRES'] = postgres.url; // where test databases are made
    const bench = await fuzzBench();
    let wrong = 0;
    for (const api of ['/api', '/sms'] as const) {
      console.error(`Sending ${requests} requests to ${api} with the seed ${seed} …`);
      const report = await bench.fuzz({ api, requests, seed, lanes });
      for (const line of reportLines(report, bench.errorOf)) console.log(line);
      wrong += report.findings.length + report.neverRight.length;
    }
    for (const failure of bench.textFailures) console.log(failure);
    await bench.close();
    return wrong + bench.textFailures.length > 0 ? 1 : 0;
  } finally {
    await postgres.stop();
  }
}

function optionsOrExit() {
  try {
    const options = {
      requests: text('5000'),
      seed: text('1'),
      lanes: text('4'),
      help: { type: 'boolean', short: 'h' },
    } as const;
    const { values } = parseArgs({ options });
    const [requests, seed, lanes] = [values.requests, values.seed, values.lanes].map(Number) as [
      number,
      number,
      number,
    ];
    if ([requests, seed, lanes].every((number) => Number.isInteger(number) && number > 0)) {
      return { requests, seed, lanes, help: values.help ?? false };
    }
    throw new Error('requests, seed and lanes must be whole numbers above 0');
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return process.exit(2);
  }
}

function text(usual: string) {
  return { type: 'string', default: usual } as const;
}
