/** What a worker does beside the steps of runs. The names are stored: renaming one is a migration. */
export const taskKinds = ['preview', 'check', 'import', 'decisions'] as const;
export type TaskKind = (typeof taskKinds)[number];

export const taskStatuses = ['pending', 'running', 'succeeded', 'failed'] as const;
export type TaskStatus = (typeof taskStatuses)[number];

/** The queues of tasks: previews and checks have somebody waiting; imports, and loading a run's decisions, take their time. */
export const taskQueues = ['previews', 'imports'] as const;
export type TaskQueue = (typeof taskQueues)[number];

/** All queues whose rings say only "look": those of tasks, and that of the texts that come in. */
export const bellQueues = [...taskQueues, 'messages'] as const;
export type BellQueue = (typeof bellQueues)[number];

/** Which queue a kind of task goes by. */
export const queueOf: Record<TaskKind, TaskQueue> = {
  preview: 'previews',
  check: 'previews',
  import: 'imports',
  decisions: 'imports',
};

/** The kinds of task that go by a queue. */
export function kindsOf(queue: TaskQueue): TaskKind[] {
  return taskKinds.filter((kind) => queueOf[kind] === queue);
}

/** After so many tries a failure that may pass is final, and a task that loses its workers is ended: it kills them. */
export const MOST_TRIES = 3;

/** A task that we hold. Every write names it, and is refused once another attempt has begun. */
export interface TaskLease {
  taskId: string;
  attempt: number;
}

export interface TaskClaim extends TaskLease {
  kind: TaskKind;
  companyId: string;
  /** How often it was begun, this time included; what a stopping worker gave back does not count. */
  tries: number;
  input: Record<string, unknown>;
  requestId: string | null;
}

/** Why a task did not go well, as users see it. */
export interface TaskError {
  code: string;
  message: string;
  /** Whether trying again may help. */
  mayPass?: boolean;
}

/**
 * The tasks in PostgreSQL, where the truth is. Every method that takes a lease throws TaskLost when another attempt holds
 * the task by now, or when it has ended, and then has changed nothing.
 */
export interface Tasks {
  /**
   * Takes a task of a queue: companies come in turn, those with the fewest at work first, and each one's oldest first.
   * Undefined: there is nothing to do. One that has lost three workers is ended as `parked` instead.
   */
  claim(wanted: { queue: TaskQueue }): Promise<TaskClaim | undefined>;
  /** The heartbeat: renews the lease, also one that expired and that nobody took, and tells that nobody waits any longer. */
  renew(lease: TaskLease): Promise<'held' | 'cancelAsked' | 'lost'>;
  /** Tells how far it has come. */
  note(lease: TaskLease, progress: Record<string, unknown>): Promise<void>;
  /** Gives it back uncounted, for a worker that must go; not to be taken again for `delayMs`, where given. */
  release(lease: TaskLease, delayMs?: number): Promise<void>;
  /** Puts it off by `delayMs` for this failure; the try counts. */
  postpone(lease: TaskLease, delayMs: number, error: TaskError): Promise<void>;
  succeed(lease: TaskLease, result: Record<string, unknown>): Promise<void>;
  fail(lease: TaskLease, error: TaskError): Promise<void>;
}

/** Another attempt holds the task by now, or nobody wants it any more: stop at once, and write nothing. */
export class TaskLost extends Error {
  constructor({ taskId, attempt }: TaskLease) {
    super(`attempt ${attempt} of task ${taskId} is no longer the current one`);
    this.name = 'TaskLost';
  }
}
