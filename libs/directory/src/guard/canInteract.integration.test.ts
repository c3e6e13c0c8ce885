import { defaultGuardSettings } from '@muster/core/guardSettings';
import { audienceBench } from '@muster/testing/audienceBench';
import { insertContact, insertPerson, insertRow } from '@muster/testing/factories';
import { canInteract } from './canInteract.ts';

let bench: Awaited<ReturnType<typeof audienceBench>>;
beforeAll(async () => (bench = await audienceBench()));
afterAll(() => bench.close());

it('gives every reason that speaks against it, with the rule, the pack and what was compared', async () => {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId });
  const contact = await insertContact(db, { companyId, personKey: person.key });
  const call = { channel: 'voice', status: 'attempted', theme: 'opsCollDebt' };
  for (let n = 0; n < 8; n++) {
    const startedAt = new Date('2026-03-04T10:00:00Z');
    const statusDetails = n === 0 ? 'voiceSpokeWithFirstParty' : null;
    await insertRow(db, 'interaction', { companyId, personKey: person.key, ...call, startedAt, statusDetails });
  }

  const verdict = await canInteract(db, {
    ...{ companyId, timeZone: 'America/New_York', guard: defaultGuardSettings, now: new Date('2026-03-04T17:34:00Z') },
    ...{ personKey: person.key, loanKeys: [], contactKey: contact.key, channel: 'voice', theme: 'opsCollDebt' },
    ...{ isAutodialed: true, checkAtCompanyNoon: false },
  });

  expect(verdict).toEqual({
    allowed: false,
    reasons: [
      { code: 'frequencyLimit', ruleId: 'reg-f/calls-in-7-days', compared: '8 of 7 attempts in 168 hours' },
      { code: 'recentConversation', ruleId: 'reg-f/conversation', compared: 'spoken 7 of 168 hours ago' },
      { code: 'consentMissing', ruleId: 'autodialed', compared: 'autodialedColl not given' },
    ],
    rulePacks: 'reg-f 1',
    callFrom: '2026-03-04T08:00:00-08:00',
    callUntil: '2026-03-04T21:00:00-08:00',
  });
});
