import { buildApps } from '../buildApps.ts';
import globalSetup from './globalSetup.ts';

/** What globalSetup starts, and the JavaScript of the processes that the end-to-end and the fault tests start. */
export default async function setupProcesses(): Promise<void> {
  await Promise.all([buildApps(), globalSetup()]);
}
