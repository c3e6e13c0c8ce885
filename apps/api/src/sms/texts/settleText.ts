import { refuseUrl, type UrlRules } from '@muster/adapters/addressGuard/refuseUrl';
import { type NewText } from '@muster/db/sms/smsTexts';
import { sampleLink } from '@muster/db/sms/shortLinks';
import { addressFaults } from '@muster/messaging/addressFaults';
import { fillPlaceholders } from '@muster/messaging/fillPlaceholders';
import { refuseLength } from '@muster/messaging/refuseLength';
import { smsFault } from '@muster/messaging/smsFault';
import { type Faults } from '../../collectFaults.ts';
import { readMsisdn } from '../readMsisdn.ts';
import { type SendSms } from './dto.ts';

const DEFAULT_CHANNEL = '1217';

/** What the rules ask beyond the body: where the operator lets us go, and what is known to be wrong. */
interface Outside extends UrlRules {
  faults: Faults;
}

/** A text that is to be sent, with what stands for what was left out; what breaks a rule is added to `faults`. */
export function settleText(body: SendSms, { faults, ...rules }: Outside): NewText {
  const { callbackUrl = null, callbackVerbosity = null, externalId = null, serviceId = null } = body;
  const refusal = callbackUrl === null ? undefined : refuseUrl(callbackUrl, rules);
  if (refusal) faults.add(smsFault('invalidField', 'callbackUrl', refusal.message));
  const msisdn = readMsisdn(body.msisdn, { field: 'msisdn', faults });
  const links = settleLinks(body, faults);
  checkLength(body.text, links, faults);
  const sender = { channel: body.channel ?? DEFAULT_CHANNEL, senderAlias: body.senderAlias ?? null };
  return { ...sender, msisdn, text: body.text, serviceId, externalId, callbackUrl, callbackVerbosity, links };
}

function settleLinks({ shortenLink, text }: SendSms, faults: Faults): NewText['links'] {
  if (shortenLink == null) return null;
  const { urls, shortLinkDomain: domain } = shortenLink;
  const byPlaceholder = new Map(urls.map(({ placeholder, url }) => [placeholder, url]));
  const { unused } = fillPlaceholders(text, byPlaceholder);
  urls.forEach(({ placeholder, url }, at) => {
    const field = `shortenLink.urls[${at}]`;
    addressFaults(`${field}.url`, url).forEach(faults.add);
    const refuse = (message: string) => faults.add(smsFault('invalidField', `${field}.placeholder`, message));
    if (unused.includes(placeholder)) refuse('is not in the text: write it there, or leave it out here');
    if (urls.findIndex((other) => other.placeholder === placeholder) < at) refuse('is there twice: name it once');
  });
  return { domain, urls: byPlaceholder };
}

function checkLength(text: string, links: NewText['links'], faults: Faults) {
  const names = links ? [...links.urls.keys()] : [];
  const samples = new Map(names.map((name) => [name, links ? sampleLink(links.domain) : name]));
  const tooLong = refuseLength(fillPlaceholders(text, samples).text);
  if (tooLong !== undefined) faults.add(smsFault('textTooLong', 'text', `takes ${tooLong}`));
}
