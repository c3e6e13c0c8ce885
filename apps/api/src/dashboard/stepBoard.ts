import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { type Express } from 'express';
import { type Queues } from '@muster/queue/queues';
import { storeTrouble } from '@muster/queue/queueTrouble';
import { type FindOwnRuns, showOwnJobs } from './showOwnJobs.ts';

type JobQueue = Queues['stepQueues'][number];
type Options = Parameters<typeof createBullBoard>[0];
type RenderView = (path: string, options: object, done: (error: unknown, html?: string) => void) => void;

const FOREIGN_FONTS = /<link href="https:\/\/[^>]*>/g;
const STATES = ['waiting', 'prioritized', 'waiting-children', 'active', 'delayed', 'completed', 'failed'] as const;
const PAUSED = 'paused' as 'waiting'; // BullMQ's types do not know it
const AWAY = 503 as 500; // the package's types know no other
const REFRESH_S = 10;

export interface BoardOptions {
  basePath: string;
  readOnly: boolean;
  findOwnRuns: FindOwnRuns;
}

/** The dashboard of bull-board on the queues of the steps, as an Express application. */
export function stepBoard({ stepQueues }: Queues, { basePath, ...rest }: BoardOptions): Express {
  const serverAdapter = new ExpressAdapter().setBasePath(basePath);
  createBullBoard({
    queues: stepQueues.map((queue) => adapterOf(queue, rest)),
    serverAdapter: serverAdapter as unknown as Options['serverAdapter'], // the two packages bring a copy of its type each
    options: {
      uiConfig: {
        boardTitle: 'Muster queues',
        hideDocsLink: true,
        showMetrics: false, // they are in /metrics
        locale: { lng: 'en-GB' },
        pollingInterval: { showSetting: true, forceInterval: REFRESH_S },
      },
    },
  });
  serverAdapter.setErrorHandler(inOurWords); // its own hands on what the store said
  const board = serverAdapter.getRouter() as Express;
  board.disable('x-powered-by');
  serveAllOurselves(board);
  return board;
}

/** What a panel is told when the store goes away in the middle, or anything else breaks: no host, no command. */
function inOurWords(error: Error) {
  const { reason, message } = storeTrouble(error);
  const status: 500 = reason === 'storeFailed' ? 500 : AWAY;
  return { status, body: { error: 'ERRORS.INTERNAL_SERVER_ERROR', message } };
}

function adapterOf(queue: JobQueue, { readOnly, findOwnRuns }: Omit<BoardOptions, 'basePath'>) {
  const adapter = new BullMQAdapter(queue as ConstructorParameters<typeof BullMQAdapter>[0], {
    readOnlyMode: readOnly,
    description:
      'Counted are the jobs of all companies, shown those of your own runs. What became of a run is in the API: a failed ' +
      'job here is a hint.',
  });
  showOwnJobs(adapter, findOwnRuns);
  // On PostgreSQL the jobs of a paused queue count as `paused`, a state that bull-board does not know.
  adapter.getJobCounts = async () => {
    const { paused = 0, ...counts } = await queue.getJobCounts(...STATES, PAUSED);
    return { ...counts, waiting: (counts['waiting'] ?? 0) + paused };
  };
  return adapter;
}

/** The page asks an outside server for its fonts: the content policy would refuse them, and the console complain. */
function serveAllOurselves(board: Express) {
  const { engines } = board as unknown as { engines: Record<string, RenderView> };
  const render = engines['.ejs'];
  if (!render) throw new Error('bull-board renders its page otherwise than by ejs');
  board.engine('ejs', (path, options, done) => {
    render(path, options, (error, html) => done(error, html?.replaceAll(FOREIGN_FONTS, '')));
  });
}
