import { randomInt, randomUUID } from 'node:crypto';
import { waitFor } from '@muster/testing/waitFor';
import { type Gateways } from '../gateways/startGateways.ts';
import { type Api } from './callApi.ts';
import { callSms, SmsRefusal } from './callSms.ts';
import { type DemoDeps } from './demoDeps.ts';
import { type factsOf } from './factsOf.ts';

interface Showing {
  facts: ReturnType<typeof factsOf>;
  api: Api;
  say: DemoDeps['say'];
  gateways: Gateways;
  gatewaySecret: string;
}

const CHANNEL = '1217';
const KEYWORD = 'GIV';
const KEYWORD_TAKEN = '10050';
const WAIT_MS = 30_000;

const campaign = {
  ...{ campaignName: 'Demo gift', serviceType: 'Single', contentType: 'DigitalService' },
  ...{ replyText: 'Thank you for [amount] DKK, [phone]!', amount: 20, amountTotal: 20, unitPrice: 20 },
  ...{ invoiceText: 'Demo gift', revenueText: 'Demo gifts' },
};

interface Message {
  state: string;
  errorDescription: string | null;
}

/** Has a text come in, as a carrier would bring it, and shows what became of it. True: it was charged and answered. */
export async function showText({ facts, api, say, gateways, gatewaySecret }: Showing): Promise<boolean> {
  const at = (url: string) => ({ url, secret: gatewaySecret });
  await api.send('PUT', `/companies/${facts.companyId}`, {
    gateways: { text: at(gateways.textUrl), payment: at(gateways.chargeUrl) },
  });
  const sms = callSms(facts.smsUrl, facts.smsApiKey);
  await prepareKeyword(sms);
  const from = `4520${randomInt(100_000, 1_000_000)}`; // another one at each start: what a number is charged has a limit
  const text = { messageId: randomUUID(), msisdn: from, channel: CHANNEL, text: KEYWORD };
  const [stored] = await callSms(facts.smsUrl, facts.carrierApiKey)<{ messageGuid: string }[]>('/SmsMO', text);
  const settled = async () => {
    const message = await sms<Message>(`/SmsMO/${stored?.messageGuid ?? ''}`);
    return message.state === 'Received' ? undefined : message;
  };
  const { state, errorDescription } = await waitFor(settled, { timeoutMs: WAIT_MS, what: 'the text to be handled' });
  say(`\nThe text "${KEYWORD}" from ${from} to ${CHANNEL}, as a carrier brings it in: ${state}`);
  const [charge, reply] = [gateways.charges, gateways.texts].map((done) =>
    done.findLast(({ msisdn }) => msisdn === from),
  );
  if (state !== 'Processed' || !charge || !reply) {
    say(`  it was not charged and answered: ${errorDescription ?? 'the log of the worker says more'}`);
    return false;
  }
  say(`  charged:  ${'amountTotal' in charge ? charge.amountTotal : ''} DKK`);
  say(`  answered: ${'text' in reply ? reply.text : ''}`);
  return true;
}

/** The keyword and its campaign, made at the first start. */
async function prepareKeyword(sms: ReturnType<typeof callSms>): Promise<void> {
  const keywords = await sms<{ keyword: string; channel: string }[]>('/keywords');
  if (keywords.some(({ keyword, channel }) => keyword === KEYWORD && channel === CHANNEL)) return;
  const { campaignGuid } = await sms<{ campaignGuid: string }>('/campaign', campaign);
  await sms('/keyword', { keyword: KEYWORD, channel: CHANNEL, campaignGuid }).catch((error: unknown) => {
    if (!(error instanceof SmsRefusal) || error.errorCode !== KEYWORD_TAKEN) throw error;
  });
}
