import { type Role, roles, type Scope, scopes, scopesOf } from './roles.ts';

// The table of who may do what, once more and by hand: a change of roles.ts has to be meant.
const table: Record<Scope, Role[]> = {
  'campaigns:read': ['viewer', 'operator', 'admin', 'service'],
  'campaigns:write': ['operator', 'admin', 'service'],
  'exporters:read': ['viewer', 'operator', 'admin', 'service'],
  'exporters:write': ['admin', 'service'],
  'runs:read': ['viewer', 'operator', 'admin', 'service'],
  'runs:start': ['operator', 'admin', 'service'],
  'runs:manage': ['operator', 'admin', 'service'],
  'runs:write': ['admin', 'service'],
  'files:read': ['operator', 'admin', 'service'],
  'files:write': ['admin', 'service'],
  'directory:read': ['operator', 'admin', 'service'],
  'directory:write': ['admin', 'service'],
  'imports:write': ['admin', 'service'],
  'sms:read': ['operator', 'admin', 'service'],
  'sms:write': ['admin', 'service'],
  carrier: ['carrier'],
  'company:read': ['viewer', 'operator', 'admin', 'service'],
  'company:write': ['admin'],
  'dashboard:read': ['admin'],
};

it.each(scopes)('gives %s to these roles and to no others', (scope) => {
  expect(roles.filter((role) => scopesOf(role).includes(scope))).toEqual(table[scope]);
});

it('shows viewers nothing that holds personal data', () => {
  expect(scopesOf('viewer')).not.toEqual(expect.arrayContaining(['files:read']));
  expect(scopesOf('viewer')).not.toEqual(expect.arrayContaining(['directory:read']));
});

it('narrows a role, and never widens it', () => {
  expect(scopesOf('admin', ['runs:read', 'campaigns:read'])).toEqual(['campaigns:read', 'runs:read']);
  expect(scopesOf('viewer', ['runs:read', 'company:write', 'openid'])).toEqual(['runs:read']);
  expect(scopesOf('viewer', [])).toEqual([]);
});

it('leaves a role whole that nobody narrowed', () => {
  expect(scopesOf('operator', null)).toEqual(scopesOf('operator'));
});
