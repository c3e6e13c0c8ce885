import { setTimeout as pause } from 'node:timers/promises';
import { type Response } from 'express';
import { Conflict, TemporaryFailure } from '@muster/core/errors';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { abandonTask, findTask, insertTask, type NewTask, type TaskState } from '@muster/db/taskRequests';
import { queueOf } from '@muster/pipeline/tasks';
import { type ApiDeps } from '../deps.ts';

const WAIT_MS = 60_000;
const FIRST_LOOK_MS = 200;
const RAREST_LOOK_MS = 1_000;

type AskDeps = Pick<ApiDeps, 'onTaskAccepted' | 'taskWaitMs'>;

interface Asking {
  company: CompanyDatabase;
  task: Omit<NewTask, 'waitMs'>;
  res: Response;
}

/**
 * Lets a worker do something and waits for its end; gives the task's result. Throws TemporaryFailure `previewTimedOut`
 * where no worker has done it in time (the task is given up), and Conflict or TemporaryFailure `previewFailed` where it
 * went wrong: the latter where trying again may help. For a check it is `check…`.
 */
export async function askTask<Result>(
  { onTaskAccepted, taskWaitMs = WAIT_MS }: AskDeps,
  { company, task, res }: Asking,
): Promise<Result> {
  const id = await insertTask(company, { ...task, waitMs: taskWaitMs });
  void Promise.resolve(onTaskAccepted?.(queueOf[task.kind], id)).catch(() => undefined); // workers look by themselves
  const state = await awaitEnd(company, id, { waitMs: taskWaitMs, res });
  if (!state) {
    await abandonTask(company, id);
    const message = `no worker has done the ${task.kind} within ${Math.round(taskWaitMs / 1000)} s: it was given up`;
    throw new TemporaryFailure(`${task.kind}TimedOut`, message);
  }
  if (state.status === 'failed') throw failureOf(task.kind, state);
  return state.result as Result;
}

async function awaitEnd(company: CompanyDatabase, id: string, { waitMs, res }: { waitMs: number; res: Response }) {
  const gone = new AbortController();
  const onClose = () => gone.abort();
  res.once('close', onClose);
  if (res.closed) onClose(); // gone before anybody listened
  try {
    const endsAt = performance.now() + waitMs;
    for (let everyMs = FIRST_LOOK_MS; !gone.signal.aborted; everyMs = Math.min(everyMs * 1.5, RAREST_LOOK_MS)) {
      const leftMs = endsAt - performance.now();
      await pause(Math.max(0, Math.min(everyMs, leftMs)), undefined, { signal: gone.signal }).catch(() => undefined);
      const state = await findTask(company, id);
      if (state?.status === 'succeeded' || state?.status === 'failed') return state;
      if (leftMs <= 0) return undefined;
    }
    return undefined;
  } finally {
    res.off('close', onClose);
  }
}

function failureOf(kind: string, { error, progress }: TaskState) {
  const { code = 'unexpected', message = '', mayPass = false } = error ?? {};
  const step = typeof progress?.['step'] === 'string' ? progress['step'] : null;
  const say = `the ${kind} failed${step === null ? '' : ` at ${step}`}: ${message}`;
  const options = { details: { step, code, message } };
  return mayPass ? new TemporaryFailure(`${kind}Failed`, say, options) : new Conflict(`${kind}Failed`, say, options);
}
