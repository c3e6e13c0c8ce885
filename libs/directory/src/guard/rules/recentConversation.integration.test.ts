import { type GuardCase, guardBench, rulesOf, type Tried } from '@muster/testing/guardBench';

let bench: Awaited<ReturnType<typeof guardBench>>;
beforeAll(async () => (bench = await guardBench()));
afterAll(() => bench.close());

const spoken = (over: Partial<Tried> = {}): Tried => ({
  ...{ hoursAgo: 24, status: 'succeeded', statusDetails: 'voiceSpokeWithFirstParty', ...over },
});
const two = [{}, {}];

const cases: [string, GuardCase, boolean][] = [
  ['no conversation', {}, false],
  ['a conversation yesterday', { tried: [spoken()] }, true],
  ['a second less than 168 hours ago', { tried: [spoken({ hoursAgo: 168, secondsMore: -1 })] }, true],
  ['exactly 168 hours ago', { tried: [spoken({ hoursAgo: 168 })] }, true],
  ['a second more than 168 hours ago', { tried: [spoken({ hoursAgo: 168, secondsMore: 1 })] }, false],
  ['one long ago and one yesterday', { tried: [spoken({ hoursAgo: 300 }), spoken()] }, true],
  ['by a clock that is ahead of ours', { tried: [spoken({ hoursAgo: -1 })] }, true],

  ['the borrower has called', { tried: [spoken({ direction: 'inbound' })] }, true],
  ['whatever became of it', { tried: [spoken({ status: 'failed' })] }, true],
  ['a message was left', { tried: [spoken({ statusDetails: 'voiceLeftMessage' })] }, false],
  ['nothing is known of the call', { tried: [{ hoursAgo: 24 }] }, false],
  ['a chat, not a call', { tried: [spoken({ channel: 'chat' })] }, false],
  ['deleted', { tried: [spoken({ deletedAt: new Date() })] }, false],

  ['about another collection theme', { tried: [spoken({ theme: 'opsCollVerifyEmployment' })] }, true],
  ['about agentNotification', { tried: [spoken({ theme: 'agentNotification' })] }, true],
  ['about servicing', { tried: [spoken({ theme: 'opsServicing' })] }, false],
  ['asked for agentNotification', { theme: 'agentNotification', tried: [spoken()] }, true],
  ['asked for servicing', { theme: 'opsServicing', tried: [spoken()] }, false],
  ['asked without a theme', { theme: null, tried: [spoken()] }, false],
  ['asked for an e-mail', { channel: 'email', contact: { contactType: 'email' }, tried: [spoken()] }, false],
  ['asked for a text', { channel: 'text', contact: { receiveTextMessages: true }, tried: [spoken()] }, false],
  ['asked without a contact', { contact: null, tried: [spoken()] }, true],

  ['about the loan', { loans: two, about: [0], tried: [spoken({ loans: [0] })] }, true],
  ['about another loan', { loans: two, about: [0], tried: [spoken({ loans: [1] })] }, false],
  ['about both loans', { loans: two, about: [0], tried: [spoken({ loans: [1, 0] })] }, true],
  ['about no loan', { loans: two, about: [0], tried: [spoken()] }, true],
  ['about a loan, asked about none', { loans: two, tried: [spoken({ loans: [1] })] }, true],
  ['about one of those that are asked about', { loans: two, about: [0, 1], tried: [spoken({ loans: [1] })] }, true],
  ['another run has only reserved a call', { reserved: [{}] }, false],
];

it.each(cases)('waits after a conversation: %s', async (_what, asked, isRefused) => {
  expect(rulesOf(await bench.ask(asked))).toEqual(isRefused ? ['recentConversation reg-f/conversation'] : []);
});

it('says how long ago it was', async () => {
  expect((await bench.ask({ tried: [spoken({ hoursAgo: 30 }), spoken({ hoursAgo: 99 })] })).reasons).toEqual([
    'recentConversation reg-f/conversation: spoken 30 of 168 hours ago',
  ]);
});
