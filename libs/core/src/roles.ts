export const roles = ['viewer', 'operator', 'admin', 'service', 'carrier'] as const;
export type Role = (typeof roles)[number];

/** What each role is for, in words. */
export const roleMeanings: Record<Role, string> = {
  viewer: 'reads everything but files and the directory, which hold personal data',
  operator:
    'also changes campaigns, starts, cancels and retries runs, resolves deliveries, downloads files, reads the directory',
  service:
    'also changes contact exporters, the directory and what texts are answered, and reports on runs: for programs',
  admin: 'everything, the settings of the company and the dashboard too, but what the carrier does',
  carrier: 'brings in the texts that numbers have sent, and does nothing else: they cause charges',
};

/** What a caller may do, word by word. Keys and tokens name scopes, so a word that is out stays as it is. */
export const scopes = [
  'campaigns:read',
  'campaigns:write',
  'exporters:read',
  'exporters:write',
  'runs:read',
  'runs:start',
  'runs:manage', // cancel, retry, resolve a delivery
  'runs:write', // what outside workers report
  'files:read', // personal data; a log that we write has none and goes with runs:read
  'files:write',
  'directory:read', // personal data
  'directory:write',
  'imports:write',
  'company:read',
  'company:write',
  'dashboard:read',
  'sms:read', // of the SMS API: its messages and subscriptions bear numbers
  'sms:write',
  'carrier', // brings texts in
] as const;
export type Scope = (typeof scopes)[number];
export type Permission = Scope;

const views: Scope[] = ['campaigns:read', 'exporters:read', 'runs:read', 'company:read'];
const operates: Scope[] = [
  ...views,
  'campaigns:write',
  'runs:start',
  'runs:manage',
  'files:read',
  'directory:read',
  'sms:read',
];
const serves: Scope[] = [
  ...operates,
  'exporters:write',
  'runs:write',
  'files:write',
  'directory:write',
  'imports:write',
  'sms:write',
];

/** The one table of who may do what. */
const scopesOfRoles: Record<Role, readonly Scope[]> = {
  viewer: views,
  operator: operates,
  service: serves,
  admin: scopes.filter((scope) => scope !== 'carrier'),
  carrier: ['carrier'],
};

/**
 * The scopes of a role; of these only such as `narrowed` names, where it is given. Words there that are no scopes, or that
 * the role does not have, add nothing.
 */
export function scopesOf(role: Role, narrowed?: readonly string[] | null): readonly Scope[] {
  const all = scopesOfRoles[role];
  return narrowed ? all.filter((scope) => narrowed.includes(scope)) : all;
}
