import { smsBench } from '@muster/testing/smsBench';
import { type AgreementType } from './smsCampaign.ts';

let bench: Awaited<ReturnType<typeof smsBench>>;
beforeEach(async () => (bench = await smsBench()));
afterEach(() => bench.close());

const recurring = { serviceType: 'Recurring', replyText: 'Thank you for [amount]' } as const;

/** Two campaigns under one agreement: GIV for 20 DKK, and MERE for 50, which may be on another shortcode. */
async function twoCampaigns(type: AgreementType, other = '1217') {
  const giv = await bench.addCampaign({ ...recurring, type });
  const agreementGuid = giv.agreementGuid!;
  const more = await bench.addCampaign({ ...recurring, agreementGuid, amount: 50, amountTotal: 50 });
  await bench.addKeyword({ keyword: 'GIV', campaignGuid: giv.campaignGuid });
  await bench.addKeyword({ keyword: 'MERE', campaignGuid: more.campaignGuid, channel: other });
}

const sent = () => bench.texts.texts.map(({ text }) => text);

describe.each(['Shared', 'Personal'] as const)('a number that signs up twice under one %s agreement', (type) => {
  it('by one campaign is charged once', async () => {
    const { channel } = await bench.campaignOnShortcode({ ...recurring, type });
    for (let times = 0; times < 2; times++) await bench.receive('GIV', { channel });
    await bench.handleAll();
    expect(await bench.subscriptions()).toHaveLength(1);
    expect(bench.payments.charges).toHaveLength(1);
  });

  it('by two campaigns is charged once, and answered what it has signed up to', async () => {
    await twoCampaigns(type);
    const guids = [await bench.receive('GIV'), await bench.receive('MERE')];
    await bench.handleAll();
    expect(await bench.subscriptions()).toMatchObject([{ state: 'Active' }]);
    expect(bench.payments.charges).toMatchObject([{ amountTotal: '20.00' }]);
    expect(sent()[1]).toMatch(/^Thank you for 20\n.*MERE STOP/);
    for (const guid of guids) expect(await bench.message(guid)).toMatchObject({ state: 'Processed' });
  });
});

it.each([
  ['GIV STOP', '1217'],
  ['MERE STOP', '1218'],
])('%s on %s ends what a number has under the agreement of the keyword', async (text, channel) => {
  await twoCampaigns('Shared', '1218');
  await bench.receive('GIV');
  await bench.receive(text, { channel });
  await bench.receive(text, { channel });
  await bench.handleAll();
  expect(await bench.subscriptions()).toMatchObject([{ state: 'Cancelled', cancelCode: 'STOP' }]);
  expect(sent().slice(1)).toEqual(['Goodbye']);
});

it('STOP behind any keyword of a campaign ends what was signed up to by another', async () => {
  const { channel, campaignGuid } = await bench.campaignOnShortcode(recurring);
  await bench.addKeyword({ keyword: 'MERE', campaignGuid, channel });
  for (const text of ['GIV', 'MERE STOP']) await bench.receive(text, { channel });
  await bench.handleAll();
  expect(await bench.subscriptions()).toMatchObject([{ state: 'Cancelled' }]);
});

it('a number may sign up under two agreements, and each is charged', async () => {
  const { channel } = await bench.campaignOnShortcode({ ...recurring, type: 'Shared' });
  const { campaignGuid } = await bench.addCampaign({ ...recurring, type: 'Shared' });
  await bench.addKeyword({ keyword: 'MERE', campaignGuid, channel });
  for (const text of ['GIV', 'MERE', 'MERE STOP']) await bench.receive(text, { channel });
  await bench.handleAll();
  expect((await bench.subscriptions()).map(({ state }) => state)).toEqual(['Active', 'Cancelled']);
  expect(bench.payments.charges).toHaveLength(2);
});
