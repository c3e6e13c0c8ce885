import { type GuardCase, guardBench, rulesOf, type Tried } from '@muster/testing/guardBench';

let bench: Awaited<ReturnType<typeof guardBench>>;
beforeAll(async () => (bench = await guardBench()));
afterAll(() => bench.close());

const inMassachusetts = { guard: { rulePack: 'massachusetts' } } as const;
const byState = { guard: { rulePacksByState: { MA: 'massachusetts' } } } as const;
const boston = { value: '+16175550101' };
const address = (state: string, over: object = {}) => ({
  contactType: 'address' as const,
  value: null,
  state,
  ...over,
});
const times = (count: number, tried: Partial<Tried> = {}): Tried[] =>
  Array.from({ length: count }, () => ({ hoursAgo: 24, at: 'asked', ...tried }));
const spouse = { affiliation: 'spouse' };
const text = { channel: 'text', contact: { receiveTextMessages: true } } as const;
const work = { contact: { label: 'work' }, consents: { contactPersonWork: 'consented' } } as const;
const others = [{ label: 'work' }, { label: 'home' }] as const;
const near = 'frequencyLimit massachusetts/calls-and-texts-in-7-days';
const far = 'frequencyLimit massachusetts/calls-and-texts-in-30-days';

describe('Massachusetts', () => {
  const cases: [string, GuardCase, string[]][] = [
    ['one call', { tried: times(1) }, []],
    ['two calls', { tried: times(2) }, [near]],
    ['two calls where it is urgent', { person: { collectionsIntensity: 'heavy' }, tried: times(2) }, [near]],
    ['two texts, asked for a call', { tried: times(2, { channel: 'text' }) }, [near]],
    ['a call and a text', { tried: [...times(1), ...times(1, { channel: 'text' })] }, [near]],
    ['a call and an e-mail', { tried: [...times(1), ...times(1, { channel: 'email' })] }, []],
    ['two calls, asked for a text', { ...text, tried: times(2) }, [near]],
    ['one call, asked for a text', { ...text, tried: times(1) }, []],
    ['two calls, asked for an e-mail', { channel: 'email', contact: { contactType: 'email' }, tried: times(2) }, []],
    ['two calls of servicing', { tried: times(2, { theme: 'opsServicing' }) }, []],
    ['a second call 7 days ago, to the second', { tried: [...times(1), ...times(1, { hoursAgo: 168 })] }, [near]],
    [
      'a second call a second before that',
      { tried: [...times(1), ...times(1, { hoursAgo: 168, secondsMore: 1 })] },
      [],
    ],
    ['the personal number', { contact: { label: 'personal' }, tried: times(2) }, [near]],

    ['one call to work', { ...work, tried: times(1) }, []],
    ['two calls to work', { ...work, tried: times(2) }, [far]],
    [
      'a second call 30 days ago, to the second',
      { ...work, tried: [...times(1), ...times(1, { hoursAgo: 720 })] },
      [far],
    ],
    [
      'a second call a second before that',
      { ...work, tried: [...times(1), ...times(1, { hoursAgo: 720, secondsMore: 1 })] },
      [],
    ],
    ['a second call 29 days ago, at home', { tried: [...times(1), ...times(1, { hoursAgo: 696 })] }, []],
    ['a contact without a label is elsewhere', { contact: { label: null }, tried: times(2, { hoursAgo: 200 }) }, [far]],
    ['a military one is elsewhere', { contact: { label: 'military' }, tried: times(2, { hoursAgo: 200 }) }, [far]],

    ['two calls to work, asked for home', { others: [...others], tried: times(2, { at: 0 }) }, []],
    ['two calls home, asked for work', { ...work, others: [...others], tried: times(2, { at: 1 }) }, []],
    ['two calls home, to another number', { others: [...others], tried: times(2, { at: 1 }) }, [near]],
    ['two calls to nobody knows where, asked for home', { tried: [{ hoursAgo: 24 }, { hoursAgo: 24 }] }, [near]],
    [
      'two calls to nobody knows where, asked for work',
      { ...work, tried: [{ hoursAgo: 24 }, { hoursAgo: 24 }] },
      [far],
    ],
    ['two calls reserved, asked for work', { ...work, reserved: [{}, { channel: 'text' }] }, [far]],
    ['a call and a reserved text', { tried: times(1), reserved: [{ channel: 'text' }] }, [near]],
    ['no contact named, two calls home', { contact: null, others: [...others], tried: times(2, { at: 1 }) }, [near]],
    ['no contact named, two calls to work', { contact: null, others: [...others], tried: times(2, { at: 0 }) }, [far]],
    [
      'no contact named, one call each',
      { contact: null, others: [...others], tried: [...times(1, { at: 0 }), ...times(1, { at: 1 })] },
      [],
    ],
    ['of another loan', { loans: [{}, {}], about: [0], tried: times(2, { loans: [1] }) }, []],
    ['of this loan', { loans: [{}, {}], about: [0], tried: times(2, { loans: [0] }) }, [near]],
  ];

  it.each(cases)('counts calls and texts together: %s', async (_what, asked, refused) => {
    const said = await bench.ask({ ...inMassachusetts, ...asked });

    expect({ rules: rulesOf(said), packs: said.packs }).toEqual({ rules: refused, packs: 'massachusetts 1' });
  });

  const spoken = { status: 'succeeded', statusDetails: 'voiceSpokeWithFirstParty' };

  it('waits as long after a conversation as Regulation F', async () => {
    const after = async (secondsMore: number) =>
      rulesOf(await bench.ask({ ...inMassachusetts, tried: times(1, { ...spoken, hoursAgo: 168, secondsMore }) }));

    expect(await after(0)).toEqual(['recentConversation massachusetts/conversation']);
    expect(await after(1)).toEqual([]);
  });

  it('has the same hours', async () => {
    const asked = { ...inMassachusetts, atNoon: false, now: '2026-03-05T02:00:00Z' };

    expect(rulesOf(await bench.ask(asked))).toEqual(['outsideAllowedHours massachusetts/hours']);
  });
});

describe("the pack of the contact's state", () => {
  const both = 'reg-f 1, massachusetts 1';
  const cases: [string, GuardCase, string][] = [
    ['an area code of the state', { contact: boston }, 'massachusetts 1'],
    ['an area code of another', {}, 'reg-f 1'],
    ['an area code without a place', { contact: { value: '+18005550101' } }, 'reg-f 1'],
    ['an area code of no state', { contact: { value: '+14415550101' } }, 'reg-f 1'],
    ['a number abroad', { contact: { value: '+442079460123' } }, 'reg-f 1'],
    ["the address's own state", { channel: 'mail', contact: address('MA') }, 'massachusetts 1'],
    ['its name, and blanks', { channel: 'mail', contact: address(' massachusetts ') }, 'massachusetts 1'],
    ['the same letters abroad', { channel: 'mail', contact: address('MA', { country: 'MAR' }) }, 'reg-f 1'],
    ["the person's address", { others: [address('MA')] }, 'massachusetts 1'],
    ["the person's address, before the area code", { contact: boston, others: [address('NY')] }, 'reg-f 1'],
    ['an address of old', { others: [address('MA', { status: 'archived' })] }, 'reg-f 1'],
    ["the spouse's address", { others: [address('MA', { affiliation: 'spouse' })] }, 'reg-f 1'],
    [
      "another's number, by its own area code",
      { contact: { ...boston, ...spouse }, others: [address('NY')] },
      'massachusetts 1',
    ],
    [
      "another's number elsewhere, though the person lives there",
      { contact: spouse, others: [address('MA')] },
      'reg-f 1',
    ],
    ['addresses in two states: each must allow', { others: [address('MA'), address('NY')] }, both],
    ['a letter, and an address elsewhere', { channel: 'mail', contact: address('MA'), others: [address('NY')] }, both],
    ['no contact named, an address', { contact: null, others: [address('MA')] }, 'massachusetts 1'],
    ['nothing known at all', { contact: null }, 'reg-f 1'],
  ];

  it.each(cases)('is told by %s', async (_what, asked, packs) => {
    expect((await bench.ask({ ...byState, ...asked })).packs).toBe(packs);
  });

  it('judges the one contact, and not the other', async () => {
    const contact = { contact: boston, tried: times(2) };

    expect(rulesOf(await bench.ask({ ...byState, ...contact }))).toEqual([near]);
    expect(rulesOf(await bench.ask({ ...byState, ...contact, contact: {} }))).toEqual([]);
  });

  it('refuses where one of several packs refuses, and names the one', async () => {
    const asked = { ...byState, others: [address('MA'), address('NY')] };

    expect(rulesOf(await bench.ask({ ...asked, tried: times(2) }))).toEqual([near]);
    expect(rulesOf(await bench.ask({ ...asked, tried: times(7) }))).toEqual([
      'frequencyLimit reg-f/calls-in-7-days',
      near,
    ]);
  });

  it('judges a place in no state by the default, and never by nothing', async () => {
    const bermuda = { ...byState, contact: { value: '+14415550101' }, tried: times(7) };

    expect(rulesOf(await bench.ask(bermuda))).toEqual(['frequencyLimit reg-f/calls-in-7-days']);
    expect(rulesOf(await bench.ask({ ...bermuda, tried: [], atNoon: false, now: '2026-03-05T05:00:00Z' }))).toEqual([
      'outsideAllowedHours reg-f/hours',
    ]);
  });

  it('may be the default for some states, and another one for the rest', async () => {
    const guard = { rulePack: 'massachusetts', rulePacksByState: { NY: 'reg-f' } } as const;

    expect((await bench.ask({ guard })).packs).toBe('reg-f 1');
    expect((await bench.ask({ guard, contact: { value: '+13035550101' } })).packs).toBe('massachusetts 1');
  });
});
