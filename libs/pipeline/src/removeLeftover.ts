import { connectSftp } from './connectSftp.ts';
import { codeOf } from '@muster/core/errors';
import { type Claim } from './runs.ts';
import { type StepDeps } from './stepDeps.ts';

interface Left {
  claim: Claim;
  deps: Pick<StepDeps, 'deliveries' | 'destination' | 'secrets' | 'runs'>;
  stop: AbortSignal;
}

const DEADLINE_MS = 30_000;

/**
 * Removes the temporary file that an upload may have left on the server which is canceled, or begins anew with other contacts.
 * One try: a server that is away keeps it, the run goes its way all the same, and its log names the file.
 */
export async function removeLeftover({ claim, deps, stop }: Left): Promise<void> {
  if (claim.step !== 'upload') return;
  const delivery = await deps.deliveries.last(claim.runId, 'contacts_output.csv');
  if (delivery?.state !== 'uploading' && delivery?.state !== 'uploaded') return;
  const { temporaryName } = delivery;
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(DEADLINE_MS)]);
    const remote = await connectSftp({ ...deps, run: claim.run, signal });
    try {
      await remote.remove(temporaryName);
    } finally {
      await remote.close();
    }
  } catch (error) {
    const warning = 'it may still be there: where no later upload of this run has removed it, do so by hand';
    const details = { temporaryName, code: codeOf(error) ?? null, warning };
    await deps.runs.addEvent(claim.runId, { step: claim.step, event: 'temporaryFile.left', details });
  }
}
