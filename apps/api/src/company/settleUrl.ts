import { refuseUrl, type UrlRules } from '@muster/adapters/addressGuard/refuseUrl';
import { type Refusal } from '@muster/core/fields';
import { isMaskedUrl, maskUrl } from './maskUrl.ts';

/** What an address that is called becomes when `given` is applied to what is stored, and what is wrong with it: its own mask leaves it alone. */
export function settleUrl(
  stored: string | null | undefined,
  given: string,
  rules: UrlRules,
): { url: string; refusal: Refusal | undefined } {
  const url = stored != null && given === maskUrl(stored) ? stored : given;
  return { url, refusal: isMaskedUrl(url) ? ONLY_THE_MASK : refuseUrl(url, rules) };
}

const ONLY_THE_MASK = { code: 'wrongForm', message: 'is only the mask of an address: give the address itself' };
