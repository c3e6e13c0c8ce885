import { type CampaignTrial, pinCampaignHostKey } from '@muster/db/campaignSecrets';
import { readDecidedRun, recordDecisions } from '@muster/db/decisionsOfRun';
import { recordImport } from '@muster/db/imports';
import { type OpenDatabase } from '@muster/db/openDatabase';
import { taskRemains } from '@muster/db/taskRemains';
import { tasks } from '@muster/db/tasks';
import { storeDecisions } from '@muster/directory/guard/storeDecisions';
import { type ImportInput } from '@muster/directory/imports/importInput';
import { importRows } from '@muster/directory/imports/importRows';
import { sampleRows } from '@muster/directory/sampleRows';
import { checkConnections, type QueryDescriber } from '@muster/pipeline/checkConnections';
import { type TaskDeps } from '@muster/pipeline/executeTask';
import { loadDecisions } from '@muster/pipeline/loadDecisions';
import { loadImport } from '@muster/pipeline/loadImport';
import { audience as audienceOf } from '@muster/directory/audience';
import { previewCampaign } from '@muster/pipeline/previewCampaign';
import { type StepDeps } from '@muster/pipeline/stepDeps';
import { type TidyDeps } from '@muster/pipeline/tidyTasks';

/** What tasks need of a worker that is open. */
export interface TaskOutside extends Pick<
  StepDeps,
  'source' | 'destination' | 'audience' | 'outsideGuard' | 'store' | 'log' | 'now' | 'times'
> {
  db: OpenDatabase;
  readTrial(campaignId: string): Promise<CampaignTrial>;
  describer: QueryDescriber;
  spoolDirectory: string;
}

/** Makes all that a worker needs for tasks out of what it has open for steps. */
export function openTasks(outside: TaskOutside): TaskDeps & TidyDeps {
  const { db, store, audience, log, times } = outside;
  const remains = taskRemains(db);
  const ports = {
    ...outside,
    audience: audienceOf(db, { reserves: false }), // a preview hands nothing over
    sampler: sampleRows(db),
    pinHostKey: (seen: Parameters<typeof pinCampaignHostKey>[1]) => pinCampaignHostKey(db, seen),
  };
  return {
    tasks: tasks(db, {
      leaseMs: times.leaseMs,
      onParked: ({ taskId, kind, companyId }) => log.error('task.parked', { taskId, kind, companyId }),
    }),
    works: {
      preview: previewCampaign(ports),
      check: checkConnections(ports),
      import: loadImport({
        // what was asked for was checked at the door
        loadRows: (job, options) =>
          importRows({ db: db.forCompany(job.companyId), store }, job as ImportInput, options),
        record: recordImport,
        folderRemoved: (folder) => remains.folderRemoved(folder),
        store,
      }),
      decisions: loadDecisions({
        readRun: (runId) => readDecidedRun(db, runId),
        storeDecisions: (run, ...rest) => storeDecisions(db.forCompany(run.companyId))(run, ...rest),
        record: recordDecisions,
        store,
      }),
    },
    ...{ remains, store, audience, log, times },
  };
}
