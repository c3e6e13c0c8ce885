import { massachusetts } from '@muster/core/rulePacks/massachusetts';
import { regF } from '@muster/core/rulePacks/regF';
import { type RulePackName } from '@muster/core/rulePacks/rulePack';
import { packsInUse } from './packsInUse.ts';

const at = { timeZone: 'America/New_York', now: new Date('2026-03-04T17:34:00Z') };

it('takes the default first, and each other pack once', () => {
  const rulePacksByState = { MA: 'massachusetts', NH: 'massachusetts', NY: 'reg-f' } as const;
  const { packs, ofState } = packsInUse({ rulePack: 'reg-f', rulePacksByState }, at);

  expect(packs).toEqual([regF, massachusetts]);
  expect([...ofState]).toEqual([
    ['MA', 1],
    ['NH', 1],
    ['NY', 0],
  ]);
});

it('judges everywhere by the default where no state is named', () => {
  expect(packsInUse({ rulePack: 'massachusetts', rulePacksByState: {} }, at).packs).toEqual([massachusetts]);
});

it("counts the day by the company's own calendar", () => {
  const late = { rulePack: 'reg-f', rulePacksByState: {} } as const;
  const now = new Date('2021-11-30T04:59:59Z'); // the evening before in New York

  expect(() => packsInUse(late, { timeZone: 'America/New_York', now })).toThrow('in effect on 2021-11-29');
  expect(packsInUse(late, { timeZone: 'UTC', now }).packs).toEqual([regF]);
});

it('fails loudly where a pack is unknown, be it of one state only', () => {
  const rulePacksByState = { CA: 'california' as RulePackName };

  expect(() => packsInUse({ rulePack: 'reg-f', rulePacksByState }, at)).toThrow('rule pack california');
});
