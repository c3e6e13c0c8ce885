/** The packs of numbers - limits, hours, windows - by which Compliance Guard decides. */
export const rulePacks = ['reg-f', 'massachusetts'] as const;
export type RulePack = (typeof rulePacks)[number];
