import { type AllowList } from '@muster/adapters/addressGuard/readAllowList';
import { type Log } from '@muster/core/log';
import { type SecretBox } from '@muster/core/secretBox';
import { type OpenDatabase } from '@muster/db/openDatabase';
import { type OutsideGuard } from '@muster/pipeline/outsideGuard';
import { type FileStore } from '@muster/pipeline/ports';
import { type TaskQueue } from '@muster/pipeline/tasks';
import { type TokenOptions } from './authentication/openTokens.ts';
import { type DashboardDeps } from './dashboard/dashboardRoutes.ts';
import { type MetricsDeps } from './metricsRoutes.ts';
import { type Limits } from './openLimits.ts';

/** All that the API can touch. */
export interface ApiDeps {
  db: OpenDatabase;
  box: SecretBox;
  files: FileStore;
  log: Log;
  /** Where the operator lets us go beyond the public internet (ALLOW_ADDRESSES). */
  allow: AllowList;
  /** Whether the operator lets this address be asked by plain http. */
  allowHttp(host: string, port: number): boolean;
  /** Asks the guards that companies name beside our own rules. */
  outsideGuard: OutsideGuard;
  /** Called after a run was committed and never waited for: places and the doorbell are others' work. */
  onRunAccepted(companyId: string): void | Promise<void>;
  /** Called after a task was committed and never waited for: workers look by themselves, too. */
  onTaskAccepted?(queue: TaskQueue, taskId: string): void | Promise<void>;
  /** Called after texts that came in, or that are to be sent, were committed, with their guids, and never waited for: workers look by themselves, too. */
  onMessagesStored?(guids: string[]): void | Promise<void>;
  /** How long a caller waits for a preview or a check; 60 s where absent. */
  taskWaitMs?: number;
  /** The largest body of a bulk load; 4 GiB where absent. */
  importMaxBytes?: number;
  /** The largest file that may be put; 1 GiB where absent. */
  maxFileBytes?: number;
  /** For `/readyz`: told, but not failed on, since accepting runs needs no queue. */
  isQueueReachable?(): Promise<boolean>;
  /** Called when our secret key is no longer the database's: only a new process can mend that. */
  onKeyReplaced?(): void;
  /** For how long a right key is not looked up again, and a revoked one still works. */
  rememberKeysMs?: number;
  /** How old the query's result of a run may be that is retried; default 24 h. */
  retryWithinMs?: number;
  /** Where clients get bearer tokens, for the description; it is the operator's issuer that answers there. */
  tokenUrl?: string;
  /** The operator's issuers of bearer tokens; without them only API keys are taken. */
  tokens?: Pick<TokenOptions, 'issuers' | 'maxAgeMs'>;
  /** How much is let through; absent: everything. */
  limits?: Limits;
  /** Whose word of the caller's address is taken: addresses and ranges with commas between; absent: nobody's. */
  trustedProxies?: string;
  /** What is seen from outside: `/metrics` and `/queues`; absent: neither. */
  seen?: Pick<MetricsDeps, 'metrics' | 'openedQueues'> & Pick<DashboardDeps, 'jobDashboard'>;
}
