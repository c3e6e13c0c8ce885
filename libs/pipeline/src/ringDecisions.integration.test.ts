import { insertExporter } from '@muster/testing/factories';
import { pipelineBench } from '@muster/testing/pipelineBench';

type Bench = Awaited<ReturnType<typeof pipelineBench>>;
let bench: Bench;
beforeEach(async () => void (bench = await pipelineBench()));
afterEach(() => bench.close());

async function runThrough({ withExporter = true } = {}) {
  const { companyId } = bench;
  bench.redash.csv = `id\r\n${(await bench.addBorrower()).key}\r\n`;
  const runId = await bench.startRun(
    withExporter ? { contactExporterId: await insertExporter(bench.db, { companyId }) } : { withExporter },
  );
  await bench.heal();
  await bench.work();
  return (await bench.runOf(runId))?.status;
}

const wanted = async () => {
  const found = await bench.db.query<{ id: string }>(`select id from task where kind = 'decisions'`);
  return found.map(({ id }) => id);
};

describe('for the task that keeps what a run has decided, a worker is rung', () => {
  it('at a good end', async () => {
    expect(await runThrough()).toBe('succeeded');
    expect(bench.taskBell.rings).toHaveLength(1);
    expect(bench.taskBell.rings).toEqual(await wanted());
  });

  it('at a bad end', async () => {
    bench.sftp.goAway();
    bench.deps.retries.upload = 0;
    expect(await runThrough()).toBe('failed');
    expect(bench.taskBell.rings).toHaveLength(1);
    expect(bench.taskBell.rings).toEqual(await wanted());
  });

  it('never where nothing was decided', async () => {
    expect(await runThrough({ withExporter: false })).toBe('succeeded');
    expect([bench.taskBell.rings, await wanted()]).toEqual([[], []]);
  });

  it('once there is a queue to do so: while it is away the run ends all the same, and the task waits', async () => {
    bench.taskBell.isAway = true;
    expect(await runThrough()).toBe('succeeded');
    expect([bench.taskBell.rings, (await wanted()).length]).toEqual([[], 1]);
    expect(bench.log.lines.map(({ event }) => event)).toContain('ring.missed');
  });
});
