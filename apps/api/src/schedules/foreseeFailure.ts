import { type CampaignRow } from '@muster/db/schemas';

/** What a run will fail with, and what is to be mended. */
export interface ForeseenFailure {
  code: string;
  message: string;
}

/**
 * What every scheduled run of a campaign would fail with as it stands: it may be made first and be given its query later,
 * and nobody is told otherwise until it is due. Null: nothing that can be told beforehand.
 */
export function foreseeFailure(
  campaign: Pick<CampaignRow, 'schedule' | 'redashQueryUrl' | 'redashApiKey'>,
): ForeseenFailure | null {
  const { schedule, redashQueryUrl, redashApiKey } = campaign;
  if (schedule === null) return null;
  if (redashQueryUrl === null)
    return { code: 'queryNotSet', message: 'the campaign names no query: set redashQueryUrl' };
  if (redashApiKey === null) return { code: 'redashKeyMissing', message: 'the campaign has no redashApiKey: set it' };
  return null;
}
