import { join } from 'node:path';

/** The directory of the checkout: tsx reads the tsconfig.json that is where a process is started. */
export const checkout = join(import.meta.dirname, '..', '..');

/** How Node runs our sources without a build. */
export const nodeFlags = ['--conditions=source', '--import', 'tsx'];
