import { smsParts } from '@muster/messaging/smsParts';
import { smsBench } from '@muster/testing/smsBench';

let bench: Awaited<ReturnType<typeof smsBench>>;
beforeEach(async () => (bench = await smsBench()));
afterEach(() => bench.close());

it('fills an idle text as replies are, with what its campaign has', async () => {
  const campaign = { active: false, amountTotal: 20, replyTextUrl: 'https://example.com/?[phone]' };
  const { campaignGuid } = await bench.addCampaign(campaign);
  await bench.addKeyword({ keyword: 'SOS', campaignGuid, idleText: '[keyword] [channel] [phone] [amount] [url]' });
  await bench.addKeyword({ keyword: 'SUS', idleText: '[keyword] is over' });
  for (const text of ['SOS', 'SUS']) await bench.receive(text);
  await bench.handleAll();
  const sent = ['SOS 1217 4520123456 20 https://example.com/?4520123456', 'SUS is over'];
  expect(bench.texts.texts.map(({ text }) => text)).toEqual(sent);
});

it('answers nothing in more than 9 parts, whatever was let through', async () => {
  const { campaignGuid } = await bench.addCampaign({ replyText: `${'x'.repeat(1_300)}[keyword]` });
  await bench.addKeyword({ keyword: 'подарок', campaignGuid });
  await bench.addKeyword({ keyword: 'SOS', idleText: 'ж'.repeat(700) });
  for (const text of ['подарок', 'SOS']) await bench.receive(text);
  await bench.handleAll();
  expect(bench.texts.texts.map(({ text }) => smsParts(text).parts)).toEqual([9, 9]);
});

it('answers nothing where the answer has no words', async () => {
  const { campaignGuid } = await bench.addCampaign({ replyText: ' ' });
  await bench.addKeyword({ keyword: 'SOS', campaignGuid });
  const guid = await bench.receive('SOS');
  await bench.handleAll();
  expect(bench.texts.asked).toEqual([]);
  expect(await bench.message(guid)).toMatchObject({ state: 'Processed' });
});
