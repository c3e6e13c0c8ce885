import { type RunView, type StepView } from '@muster/db/runViews';
import { PARKING_CRASH } from '@muster/pipeline/crashLimits';

/** What a step says of itself: what came of it, and, as long as it is to be done, why it waits and when that has an end. */
export function whyItWaits(step: StepView, waiting: RunView['waiting']): string | null {
  const isOpen = step.status === 'pending' || step.status === 'running';
  const goesOn = isOpen ? [waiting?.step === step.name && waitsFor(step, waiting), givesUp(step), hasLost(step)] : [];
  const told = [step.message, ...goesOn].filter((part) => typeof part === 'string');
  return told.length > 0 ? told.join('; it ') : null;
}

function waitsFor({ failures, givesUpAt }: StepView, { for: what, at }: NonNullable<RunView['waiting']>) {
  const time = instant(at);
  if (what === 'place') return 'waits for a place among the runs of its company';
  if (what === 'worker') return `waits for a worker since ${time}`;
  if (failures === 0) return `waits until ${time}`;
  const isLast = givesUpAt !== null && new Date(givesUpAt) <= new Date(at);
  return isLast ? `is tried a last time at ${time}` : `is tried again at ${time}`;
}

function givesUp({ failures, givesUpAt, mostFailures }: StepView) {
  if (givesUpAt === null || failures === 0) return undefined;
  const byCount = mostFailures === null ? '' : `at failure ${mostFailures}, of which there were ${failures}, or `;
  return `gives up ${byCount}when it fails after ${instant(givesUpAt)}`;
}

function hasLost({ crashes }: StepView) {
  if (crashes === 0) return undefined;
  return `has lost ${crashes} of the ${PARKING_CRASH} workers at which the run is parked`;
}

function instant(text: string) {
  return new Date(text).toISOString();
}
