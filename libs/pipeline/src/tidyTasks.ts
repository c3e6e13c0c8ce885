import { type Log } from '@muster/core/log';
import { codeOf } from '@muster/core/errors';
import { type Audience, type FileStore } from './ports.ts';

/** What tasks leave behind, and what is due to go. Each list holds at most 100. */
export interface TaskRemains {
  /** Ends previews and checks whose caller has given up before any worker began. */
  endGivenUp(): Promise<void>;
  /** The previews and checks that ended an hour ago. */
  oldAnswers(): Promise<string[]>;
  /** Deletes one of them: nobody knows any more that it had tables. */
  forgetAnswer(id: string): Promise<void>;
  /** Deletes bulk loads that ended 90 days ago and have no files any more. */
  forgetImports(): Promise<void>;
  /** Makes room for the decisions to come, and drops those of more than three years ago. */
  tidyDecisions(): Promise<void>;
  /** Folders of the file store whose bytes nobody needs: of bulk loads that ended, of refused rows past their company's
   *  retention, of uploads that were begun a day ago and became nothing. */
  oldFolders(): Promise<string[]>;
  /** Notes that a folder was removed. */
  folderRemoved(folder: string): Promise<void>;
}

export interface TidyDeps {
  remains: TaskRemains;
  store: Pick<FileStore, 'removeAll'>;
  audience: Pick<Audience, 'drop'>;
  log: Log;
}

/** Removes what tasks have left and nobody needs any more. Safe to call at any time, by any number of processes. */
export async function tidyTasks({ remains, store, audience, log }: TidyDeps): Promise<void> {
  await remains.endGivenUp();
  for (const id of await remains.oldAnswers()) {
    try {
      await audience.drop(id);
      await remains.forgetAnswer(id);
    } catch (error) {
      log.warn('tables.notDropped', { taskId: id, code: codeOf(error) ?? null }); // the next look tries again
    }
  }
  for (const folder of await remains.oldFolders()) {
    try {
      await store.removeAll(folder);
      await remains.folderRemoved(folder);
    } catch (error) {
      log.warn('files.notRemoved', { code: codeOf(error) ?? null });
    }
  }
  await remains.forgetImports();
  await remains.tidyDecisions();
}
