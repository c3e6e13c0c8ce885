import { type TaskBell } from '@muster/pipeline/taskBell';
import { areJobsReady } from './areJobsReady.ts';
import { askStore } from './askStore.ts';
import { type JobQueues } from './buildQueues.ts';
import { PAYLOAD_VERSION, taskIdOf } from './runWorker.ts';
import { startWorker, type WorkerHome } from './startWorker.ts';

/** The bell of the tasks. Each task is rung for once: its id is the job's. */
export function taskBell(queues: JobQueues, home: WorkerHome): TaskBell {
  return {
    ringTask: async (queue, taskId) => {
      const payload = { v: PAYLOAD_VERSION, taskId };
      await askStore(home.settings.ringDeadlineMs, () => queues[queue].add(queue, payload, { jobId: taskId }));
    },
    ringTasks: async (queue, taskIds) => {
      const jobs = taskIds.map((taskId) => ({
        ...{ name: queue, data: { v: PAYLOAD_VERSION, taskId }, opts: { jobId: taskId } },
      }));
      await askStore(home.settings.ringDeadlineMs, () => queues[queue].addBulk(jobs));
    },
    workTasks: (queue, process, { concurrency }) =>
      startWorker(home, {
        queue,
        concurrency,
        areJobsReady: () => askStore(home.settings.askDeadlineMs, () => areJobsReady(queues[queue])),
        process: (payload, signal) => process(taskIdOf(payload), signal),
      }),
  };
}
