import { canInteract } from '@muster/directory/guard/canInteract';
import { defaultGuardSettings } from '@muster/core/guardSettings';
import { insertPerson } from '@muster/testing/factories';
import { type GuardCase, guardBench } from '@muster/testing/guardBench';

let bench: Awaited<ReturnType<typeof guardBench>>;
beforeAll(async () => (bench = await guardBench()));
afterAll(() => bench.close());

const inactive = { status: 'inactive' } as const;
const loan = (status: 'active' | 'paidOff' | 'chargedOff' | 'closed') => ({ loans: [{ status }], about: [0] });
const isInactive = 'borrowerInactive borrower-active: status inactive';
const isOver = (status: string) => `loanNotActive loan-active: status ${status}`;
const none: string[] = [];

const cases: [string, GuardCase, string[]][] = [
  ['an active borrower', {}, none],
  ['an inactive one', { person: inactive }, [isInactive]],
  ['an inactive one, servicing', { person: inactive, theme: 'opsServicing' }, none],
  ['an inactive one, agentNotification', { person: inactive, theme: 'agentNotification' }, none],
  ['an inactive one, without a theme', { person: inactive, theme: null }, none],
  ['an inactive one, no contact named', { person: inactive, contact: null }, [isInactive]],
  ['an active loan', loan('active'), none],
  ['a charged-off loan, which is still collected', loan('chargedOff'), none],
  ['a loan that is paid off', loan('paidOff'), [isOver('paidOff')]],
  ['a loan that is closed', loan('closed'), [isOver('closed')]],
  ['a loan that is closed, servicing', { ...loan('closed'), theme: 'opsServicing' }, none],
  ['an inactive borrower of a closed loan', { ...loan('closed'), person: inactive }, [isInactive, isOver('closed')]],
  ['a closed loan that nobody asks about', { loans: [{ status: 'closed' }] }, none],
  ['one of two that are asked about', { loans: [{}, { status: 'closed' }], about: [0, 1] }, [isOver('closed')]],
  [
    'both that are asked about, each reason once',
    { person: inactive, loans: [{ status: 'paidOff' }, { status: 'closed' }], about: [0, 1] },
    [isInactive, isOver('paidOff'), isOver('closed')],
  ],
];

it.each(cases)('collects of %s', async (_what, asked, reasons) => {
  expect((await bench.ask(asked)).reasons).toEqual(reasons);
});

it('refuses what it cannot tell: the status of a loan that is not there', async () => {
  const { db, companyId } = bench;
  const { key: personKey } = await insertPerson(db, { companyId });

  const { reasons } = await canInteract(db, {
    ...{ companyId, timeZone: 'America/New_York', guard: defaultGuardSettings, now: new Date('2026-03-04T17:34:00Z') },
    ...{ personKey, loanKeys: ['999999'], contactKey: null, channel: 'voice', theme: 'opsCollDebt' },
    ...{ isAutodialed: false, checkAtCompanyNoon: true },
  });

  expect(reasons).toEqual([{ code: 'loanNotActive', ruleId: 'loan-active', compared: 'unknown' }]);
});
