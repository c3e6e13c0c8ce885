export const roles = ['viewer', 'operator', 'admin', 'service'] as const;
export type Role = (typeof roles)[number];

/** What each role is for, in words. */
export const roleMeanings: Record<Role, string> = {
  viewer: 'reads everything but the files that hold personal data',
  operator: 'also changes campaigns, starts runs and downloads files',
  service: 'also changes contact exporters and reports on runs: for programs',
  admin: 'everything',
};

/** What a caller may do. `files:read` covers the files with personal data; a run's log has none and goes with `runs:read`. */
export type Permission =
  | 'campaigns:read'
  | 'campaigns:write'
  | 'exporters:read'
  | 'exporters:write'
  | 'runs:read'
  | 'runs:start'
  | 'runs:write'
  | 'files:read';

const reads: Permission[] = ['campaigns:read', 'exporters:read', 'runs:read'];
const operates: Permission[] = [...reads, 'campaigns:write', 'runs:start', 'files:read'];

/** The one table of who may do what. */
const permissions: Record<Role, readonly Permission[]> = {
  viewer: reads,
  operator: operates,
  service: [...operates, 'exporters:write', 'runs:write'],
  admin: [...operates, 'exporters:write', 'runs:write'],
};

/** Whether a role may do something. */
export function isAllowed(role: Role, permission: Permission): boolean {
  return permissions[role].includes(permission);
}
