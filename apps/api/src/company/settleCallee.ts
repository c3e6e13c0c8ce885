import { type UrlRules } from '@muster/adapters/addressGuard/refuseUrl';
import { type Fault } from '@muster/core/errors';
import { type SecretBox, type SecretPlace } from '@muster/core/secretBox';
import { type SealedCallee } from '@muster/db/companySettings';
import { MASK } from '../campaigns/dto.ts';
import { type Faults } from '../collectFaults.ts';
import { type CalleeBody } from './dto.ts';
import { settleUrl } from './settleUrl.ts';

interface Settling extends UrlRules {
  /** Where it stands in the body. */
  field: string;
  box: SecretBox;
  place: SecretPlace;
  /** What is wrong is added to them. */
  faults: Faults;
}

/**
 * What an address with its secret becomes when `body` is applied to what is stored: null for none. The mask leaves the
 * secret alone, but no stored secret goes to another server.
 */
export function settleCallee(
  stored: SealedCallee | null | undefined,
  body: CalleeBody | null,
  { field, box, place, faults, ...rules }: Settling,
): SealedCallee | null {
  if (body === null) return null;
  const { secret: given } = body;
  const sealed = stored?.secret ?? null;
  const keeps = given === undefined || given === MASK;
  if (given === MASK && sealed === null) {
    faults.add(secretRequired(field, `is only the mask ${MASK}, and nothing is stored: give the secret itself`));
  }
  const wanted = body.url ?? stored?.url;
  if (wanted === undefined) {
    faults.add({ field: `${field}.url`, code: 'required', message: 'is missing' });
    return null;
  }
  const { url, refusal } = settleUrl(stored?.url, wanted, rules);
  if (refusal) faults.add({ field: `${field}.url`, ...refusal });
  else if (keeps && sealed !== null && stored && new URL(url).origin !== new URL(stored.url).origin) {
    faults.add(secretRequired(field, 'would be used with another server: give it in the same request, or null'));
  }
  return { url, secret: keeps ? sealed : given === null ? null : box.seal(given, place) };
}

function secretRequired(field: string, message: string): Fault {
  return { field: `${field}.secret`, code: 'secretRequired', message };
}
