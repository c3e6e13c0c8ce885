import { TemporaryFailure } from '@muster/core/errors';
import { type AnswerRing, type TaskBell } from '@muster/pipeline/taskBell';
import { type BellQueue } from '@muster/pipeline/tasks';

/** The queues of tasks in memory: a ring goes to some worker at once, or is lost; they can be away. */
export class FakeTaskBell implements TaskBell {
  /** What was rung for, in order. */
  readonly rings: string[] = [];
  isAway = false;
  private readonly workers: { queue: BellQueue; answer: AnswerRing; stop: AbortController }[] = [];
  private readonly underWay = new Set<Promise<void>>();

  async ringTask(queue: BellQueue, taskId: string) {
    if (this.isAway) throw new TemporaryFailure('queueUnavailable', 'the queue is away');
    this.rings.push(taskId);
    const worker = this.workers.find((candidate) => candidate.queue === queue);
    if (!worker) return;
    const answering = worker
      .answer(taskId, worker.stop.signal)
      .catch(() => undefined) // a queue would ask again; workers look by themselves
      .finally(() => this.underWay.delete(answering));
    this.underWay.add(answering);
  }

  async ringTasks(queue: BellQueue, taskIds: readonly string[]) {
    for (const taskId of taskIds) await this.ringTask(queue, taskId);
  }

  async workTasks(queue: BellQueue, answer: AnswerRing) {
    const worker = { queue, answer, stop: new AbortController() };
    this.workers.push(worker);
    const pause = () => {
      const at = this.workers.indexOf(worker);
      if (at >= 0) this.workers.splice(at, 1);
    };
    return {
      pause,
      close: async () => {
        pause();
        worker.stop.abort();
        await Promise.all(this.underWay);
      },
    };
  }
}
