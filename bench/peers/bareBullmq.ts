import { Queue, Worker } from 'bullmq';

// Workers of bare BullMQ: each job of a queue puts one into the next queue, and does nothing else. As many at a time as ours.
const { REDIS_URL = '', QUEUE_PREFIX = '', HOPS = '', CONCURRENCY = '' } = process.env;
const hops = HOPS.split(',');
const concurrency = CONCURRENCY.split(',').map(Number);
const connection = { url: REDIS_URL };
const queues = hops.map((name) => new Queue(name, { connection, prefix: QUEUE_PREFIX }));

const workers = hops.map((name, at) => {
  const next = queues[at + 1];
  const pass = async (job: { data: unknown }) => {
    await next?.add(next.name, job.data);
  };
  return new Worker(name, pass, {
    ...{ connection: { ...connection, maxRetriesPerRequest: null }, prefix: QUEUE_PREFIX },
    concurrency: concurrency[at] ?? 1,
  });
});
await Promise.all(workers.map((worker) => worker.waitUntilReady()));
process.once('SIGTERM', () => {
  void Promise.all([...workers, ...queues].map((one) => one.close())).then(() => process.exit(0));
});
console.log(JSON.stringify({ event: 'process.started', pid: process.pid }));
