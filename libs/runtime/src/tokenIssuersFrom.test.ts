import { tokenIssuersFrom } from './tokenIssuersFrom.ts';

const issuer = 'https://id.example.com/';
const jwksUrl = 'https://id.example.com/jwks.json';
const jwks = { keys: [{ kty: 'EC', crv: 'P-256', kid: 'first', x: 'x', y: 'y' }] };
const read = (setting: unknown) =>
  tokenIssuersFrom(typeof setting === 'string' ? setting : JSON.stringify(setting), (host) => host === 'localhost');

it('reads issuers with an address for their keys, or with the keys themselves', async () => {
  const setting = [
    { issuer, audience: 'muster', jwksUrl },
    { issuer: 'other', audience: 'muster', jwks },
    { issuer: 'near', audience: 'muster', jwksUrl: 'http://localhost:9000/jwks', companies: ['CP-AAAA-BBBB'] },
  ];
  expect(await read(setting)).toEqual(setting);
});

it.each(['', ' \n'])('reads the empty text %j as nobody', async (setting) => {
  expect(await read(setting)).toEqual([]);
});

it.each<[unknown, string]>([
  ['{"issuer"', 'JWT_ISSUERS isJson'],
  [{ issuer, audience: 'muster', jwksUrl }, 'JWT_ISSUERS wrongType'],
  [[{ audience: 'muster', jwksUrl }], 'JWT_ISSUERS[0].issuer required'],
  [[{ issuer, jwksUrl }], 'JWT_ISSUERS[0].audience required'],
  [[{ issuer, audience: '', jwksUrl }], 'JWT_ISSUERS[0].audience wrongLength'],
  [[{ issuer, audience: 'muster', jwksUri: jwksUrl }], 'JWT_ISSUERS[0].jwksUri unknownField'],
  [[{ issuer, audience: 'muster' }], 'JWT_ISSUERS[0].jwksUrl oneSource'],
  [[{ issuer, audience: 'muster', jwksUrl, companies: [] }], 'JWT_ISSUERS[0].companies isCompanies'],
  [[{ issuer, audience: 'muster', jwksUrl, companies: ['Acme'] }], 'JWT_ISSUERS[0].companies isCompanies'],
  [[{ issuer, audience: 'muster', jwksUrl, companies: 'CP-AAAA-BBBB' }], 'JWT_ISSUERS[0].companies isCompanies'],
  [[{ issuer, audience: 'muster', jwksUrl, jwks }], 'JWT_ISSUERS[0].jwksUrl oneSource'],
  [[{ issuer, audience: 'muster', jwksUrl: 'id.example.com' }], 'JWT_ISSUERS[0].jwksUrl isUrl'],
  [[{ issuer, audience: 'muster', jwksUrl: 'file:///etc/keys' }], 'JWT_ISSUERS[0].jwksUrl isUrl'],
  [[{ issuer, audience: 'muster', jwksUrl: 'https://me:secret@id.example.com/' }], 'JWT_ISSUERS[0].jwksUrl isUrl'],
  [[{ issuer, audience: 'muster', jwksUrl: 'http://id.example.com/jwks' }], 'JWT_ISSUERS[0].jwksUrl httpsRequired'],
  [[{ issuer, audience: 'muster', jwks: { keys: [] } }], 'JWT_ISSUERS[0].jwks isKeySet'],
  [[{ issuer, audience: 'muster', jwks: { keys: [{ kty: 'EC' }] } }], 'JWT_ISSUERS[0].jwks kidMissing'],
  [[{ issuer, audience: 'muster', jwks: { keys: [{ kty: 'oct', kid: 'a' }] } }], 'JWT_ISSUERS[0].jwks isPublic'],
  [[{ issuer, audience: 'muster', jwks: { keys: [{ kty: 'EC', kid: 'a', d: 'x' }] } }], 'JWT_ISSUERS[0].jwks isPublic'],
  [
    [
      { issuer, audience: 'muster', jwksUrl },
      { issuer, audience: 'other', jwksUrl },
    ],
    'JWT_ISSUERS[1].issuer isUnique',
  ],
])('refuses %j by name', async (setting, expected) => {
  const error = (await read(setting).catch((thrown: unknown) => thrown)) as {
    faults: { field: string; code: string }[];
  };
  expect(error.faults.map(({ field, code }) => `${field} ${code}`)).toContain(expected);
});
