import { type RunView } from '@muster/db/runViews';

/** What a person may do with a run. */
export const actions = ['cancel', 'retry', 'resolveAsDelivered', 'resolveAsNotDelivered'] as const;
export type Action = (typeof actions)[number];

/** How actions are described, wherever they stand. */
export const actionsSchema = { type: 'array', items: { type: 'string', enum: actions } } as const;

export interface ActionOptions {
  /** How old the result of a run's query may be to be retried, a day where absent. */
  retryWithinMs?: number | undefined;
}

const DAY_MS = 24 * 60 * 60_000;

/** As cancelRun.ts, retryRun.ts and resolveDelivery.ts would decide at this moment; a test holds them together. */
export function actionsOf(
  { status, cancelAskedAt, standing }: RunView,
  { retryWithinMs = DAY_MS }: ActionOptions,
): Action[] {
  const { isHandedOver, unknownFiles, hasSteps, isOtherActive, isCampaignGone, areFilesLeaving, queriedForMs } =
    standing;
  if (status === 'pending' || status === 'running') return cancelAskedAt || !isHandedOver ? ['cancel'] : [];
  const reopens = status === 'failed';
  if (unknownFiles.length > 0) {
    return [...(reopens && isOtherActive ? [] : ['resolveAsDelivered' as const]), 'resolveAsNotDelivered'];
  }
  const isFresh = queriedForMs === null || queriedForMs <= retryWithinMs;
  const isReady = hasSteps && isFresh && !areFilesLeaving;
  return reopens && isReady && !isOtherActive && !isCampaignGone ? ['retry'] : [];
}
