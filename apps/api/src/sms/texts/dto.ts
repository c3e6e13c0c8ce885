import { list, nested, oneOf, text } from '@muster/core/fields';
import {
  callbackVerbosities,
  type CallbackVerbosity,
  type ShortLinkDomain,
  shortLinkDomains,
} from '@muster/messaging/smsCampaign';
import { smsParts } from '@muster/messaging/smsParts';
import { channel, clearable, guid } from '../fields.ts';
import { msisdn } from '../readMsisdn.ts';

const MOST_LINKS = 10;
const LONGEST_ALIAS = 11; // of what a phone shows in place of a number

class LinkBody {
  @text({ min: 1, max: 100, description: 'What stands for the short address in the text', example: '[link]' })
  placeholder!: string;
  @text({ min: 1, max: 2_000, description: 'Where it leads', example: 'https://example.com/gift' }) url!: string;
}

class ShortenLinkBody {
  @oneOf(shortLinkDomains, { description: 'Where addresses are shortened' }) shortLinkDomain!: ShortLinkDomain;
  @list(() => LinkBody, { min: 1, max: MOST_LINKS, description: 'Each placeholder once' }) urls!: LinkBody[];
}

/** The body of `POST /SendSms`. */
export class SendSms {
  @msisdn({ description: 'Whom it is sent to: digits, with the country code' }) msisdn!: string;
  @text({
    ...{ min: 1, max: 10_000, lines: true, rule: refuseBlank, example: 'Thank you! [link]' },
    description: 'In at most 9 parts, once short addresses stand for their placeholders',
  })
  text!: string;
  @channel({ ...clearable, description: 'Where it comes from; 1217 where absent' }) channel?: string | null;
  @text({
    ...{ ...clearable, min: 1, max: LONGEST_ALIAS, rule: refuseAlias, example: 'Red Cross' },
    description: 'Shown in place of the channel: at most 11 characters of GSM-7',
  })
  senderAlias?: string | null;
  @text({ ...clearable, min: 1, max: 100, description: 'The organisation’s own' }) serviceId?: string | null;
  @text({
    ...{ ...clearable, min: 1, max: 100, example: 'receipt-2026-1042' },
    description:
      'The organisation’s own id of the text: one that has come before is the same text, and is not sent again',
  })
  externalId?: string | null;
  @text({
    ...clearable,
    min: 1,
    max: 2_000,
    description:
      'Told what became of the text: an address as webhooks have them; https, and public, unless the operator lets another one',
    example: 'https://example.com/sent',
  })
  callbackUrl?: string | null;
  @oneOf(callbackVerbosities, {
    ...clearable,
    description:
      'What `callbackUrl` is told: that the text was sent or refused (`Final`, also where absent), or nothing',
  })
  callbackVerbosity?: CallbackVerbosity | null;
  @nested(() => ShortenLinkBody, { ...clearable, description: 'Addresses that are to be shortened' })
  shortenLink?: ShortenLinkBody | null;
}

/** What `POST /SendSms` answers. */
export class SentText {
  @guid({ description: 'By which the text is known here' }) textGuid!: string;
  @text({ nullable: true, description: 'As it was given' }) externalId!: string | null;
}

/** The gateway would refuse it later. */
function refuseBlank(text: unknown) {
  if (typeof text !== 'string' || text.trim() !== '') return undefined;
  return { code: 'invalidField', message: 'must have more than spaces' };
}

function refuseAlias(alias: unknown) {
  if (typeof alias !== 'string') return undefined;
  if (alias.trim() === '') return refuseBlank(alias);
  const { encoding, units } = smsParts(alias);
  if (encoding === 'GSM-7' && units <= LONGEST_ALIAS) return undefined;
  return {
    code: 'invalidField',
    message: `must be at most ${LONGEST_ALIAS} characters of GSM-7: letters and digits do`,
  };
}
