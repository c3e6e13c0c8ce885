import fc from 'fast-check';
import { type PlannedCharge, refuseCharge } from './refuseCharge.ts';
import { type ContentType, contentTypes } from './smsCampaign.ts';
import { smsErrors } from './smsErrors.ts';

type Facts = Parameters<typeof refuseCharge>[1] & { isobroMember: boolean };
const facts = (changes: Partial<Facts> = {}): Facts => ({
  serviceType: 'Single',
  contentType: 'DigitalService',
  targetedAudienceUnderAge: false,
  currencyCode: 'DKK',
  isobroMember: true,
  ...changes,
});
const charge = (amountTotal: number, chargedThisMonth = 0): PlannedCharge => ({ amountTotal, chargedThisMonth });
const codeOf = (planned: PlannedCharge, rule: Facts) => refuseCharge(planned, rule, rule)?.code;

const { monthlyLimitReached, chargeTooHigh, underAgeLimit } = smsErrors;
const donation = { contentType: 'HumanitarianDonation', isobroMember: false } as const;
const otherDonation = { contentType: 'NonHumanitarianDonation', isobroMember: false } as const;
const child = { targetedAudienceUnderAge: true } as const;

it.each<[string, PlannedCharge, Partial<Facts>]>([
  ['370 at once', charge(370_00), {}],
  ['the last of 370 in a month', charge(20_00, 350_00), {}],
  ['the last of 370 for a member of ISOBRO', charge(170_00, 200_00), { contentType: 'HumanitarianDonation' }],
  ['the last of 200 for another', charge(50_00, 150_00), donation],
  ['what is no donation, to no member', charge(370_00), { isobroMember: false }],
  ['30 at once under age', charge(30_00), child],
  ['the last of 250 under age', charge(30_00, 220_00), child],
  ['any sum in another currency', charge(900_00, 900_00), { currencyCode: 'SEK' }],
  ['a recurring charge', charge(50_00, 320_00), { serviceType: 'Recurring' }],
])('lets pass %s', (_, planned, changes) => {
  expect(codeOf(planned, facts(changes))).toBeUndefined();
});

it.each<[string, PlannedCharge, [Partial<Facts>, string]]>([
  ['a hundredth above 370 at once', charge(370_01), [{}, chargeTooHigh.code]],
  ['a hundredth above 370 in a month', charge(20_01, 350_00), [{}, monthlyLimitReached.code]],
  ['a hundredth above 200 for a donation', charge(50_01, 150_00), [donation, monthlyLimitReached.code]],
  ['a hundredth above 200 for the other donation', charge(200_01), [otherDonation, monthlyLimitReached.code]],
  ['a hundredth above 30 under age', charge(30_01), [child, underAgeLimit.code]],
  [
    'more than 30 under age in another currency',
    charge(30_01),
    [{ ...child, currencyCode: 'SEK' }, underAgeLimit.code],
  ],
  ['a hundredth above 250 in a month under age', charge(30_00, 220_01), [child, monthlyLimitReached.code]],
  ['above 200 for a donation under age', charge(10_00, 190_01), [{ ...donation, ...child }, monthlyLimitReached.code]],
  ['a recurring charge under age', charge(1), [{ ...child, serviceType: 'Recurring' }, underAgeLimit.code]],
  ['kroner in small letters', charge(370_01), [{ currencyCode: 'dkk' }, chargeTooHigh.code]],
])('refuses %s', (_, planned, [changes, code]) => {
  expect(codeOf(planned, facts(changes))).toBe(code);
});

it('says what the limit is', () => {
  const rule = facts(donation);
  expect(refuseCharge(charge(50_50, 150_00), rule, rule)?.message).toBe(
    '50.50 DKK and the 150.00 of this month would be above the limit of 200.00',
  );
});

it('never lets a month in kroner pass 370, whatever is charged in which order', () => {
  const rules = fc.record({
    contentType: fc.constantFrom<ContentType>(...contentTypes),
    isobroMember: fc.boolean(),
    targetedAudienceUnderAge: fc.boolean(),
  });
  fc.assert(
    fc.property(rules, fc.array(fc.integer({ min: 1, max: 400_00 })), (changes, amounts) => {
      const charged = amounts.reduce((sum, amount) => {
        const isRefused = codeOf(charge(amount, sum), facts(changes)) !== undefined;
        return isRefused ? sum : sum + amount;
      }, 0);
      const isLow = changes.contentType.endsWith('Donation') && !changes.isobroMember;
      expect(charged).toBeLessThanOrEqual(isLow ? 200_00 : changes.targetedAudienceUnderAge ? 250_00 : 370_00);
    }),
    { seed: 7, numRuns: 300 },
  );
});
