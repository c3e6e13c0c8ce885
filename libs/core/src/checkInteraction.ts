import { type Fault } from './errors.ts';

/** What came of a call in which the borrower was spoken with: the one word that a rule of the guard listens to. */
const SPOKE_WITH_BORROWER = 'voiceSpokeWithFirstParty';

const MOST_AHEAD_MS = 24 * 3_600_000;
const hasHappened = ['attempted', 'succeeded', 'inProgress'];

interface Told {
  status?: string | null | undefined;
  statusDetails?: string | null | undefined;
  startedAt?: Date | string | null | undefined;
}

/** What is wrong with the guard's word for a conversation in another spelling, which no rule would hear. */
export function faultsOfWord(statusDetails: string | null | undefined): Fault[] {
  const isMeant = statusDetails?.trim().toLowerCase() === SPOKE_WITH_BORROWER.toLowerCase();
  if (!isMeant || statusDetails === SPOKE_WITH_BORROWER) return [];
  return [{ field: 'statusDetails', code: 'wrongForm', message: `write it ${SPOKE_WITH_BORROWER}` }];
}

/**
 * What is wrong with an interaction that the guard would misunderstand: its word for a conversation in another spelling,
 * and an attempt of the future, which would count until then. A day ahead is allowed: clocks differ.
 */
export function faultsOfInteraction({ status, statusDetails, startedAt }: Told, now: Date): Fault[] {
  const faults = faultsOfWord(statusDetails);
  const isAhead = startedAt != null && new Date(startedAt).getTime() > now.getTime() + MOST_AHEAD_MS;
  if (isAhead && hasHappened.includes(status ?? ''))
    faults.push({ field: 'startedAt', code: 'outOfRange', message: 'must not lie in the future: it has happened' });
  return faults;
}
