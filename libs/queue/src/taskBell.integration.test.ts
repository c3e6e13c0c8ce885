import { queueBench, queueStores, type QueueBench } from '@muster/testing/queueBench';
import { waitFor } from '@muster/testing/waitFor';

let bench: QueueBench | undefined;
afterEach(() => bench?.close());

describe.each(queueStores)('the bell of tasks on %s', (store) => {
  it('rings one worker of the queue for each task, and none of another queue', async () => {
    bench = await queueBench(store);
    const [ringing, working, idle] = [await bench.open(), await bench.open(), await bench.open()];
    const seen: string[] = [];
    const strays: string[] = [];
    for (const queues of [working, idle])
      await queues.workTasks('imports', async (taskId) => void seen.push(taskId), { concurrency: 1 });
    await idle.workTasks('previews', async (taskId) => void strays.push(taskId), { concurrency: 1 });

    for (const taskId of ['IM-AAAA-AAAA', 'IM-AAAA-BBBB', 'IM-AAAA-AAAA']) await ringing.ringTask('imports', taskId);
    await waitFor(() => seen.length >= 2);
    expect(seen.sort()).toEqual(['IM-AAAA-AAAA', 'IM-AAAA-BBBB']);
    expect(strays).toEqual([]);
  });

  it('holds nothing but the id', async () => {
    bench = await queueBench(store);
    await (await bench.open()).ringTask('previews', 'PV-AAAA-AAAA');
    const job = await bench.raw('previews').getJob('PV-AAAA-AAAA');
    expect(job?.data).toEqual({ v: 1, taskId: 'PV-AAAA-AAAA' });
  });

  it('takes as many at a time as it is told, and tells those under way to stop', async () => {
    bench = await queueBench(store);
    const queues = await bench.open();
    const begun: string[] = [];
    const stopped: string[] = [];
    const worker = await queues.workTasks(
      'imports',
      (taskId, signal) => {
        begun.push(taskId);
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            stopped.push(taskId);
            resolve();
          });
        });
      },
      { concurrency: 1 },
    );
    await queues.ringTask('imports', 'IM-AAAA-AAAA');
    await queues.ringTask('imports', 'IM-AAAA-BBBB');
    await waitFor(() => begun.length > 0);
    await worker.close(0);

    expect(begun).toHaveLength(1);
    expect(stopped).toEqual(begun);
  });
});
