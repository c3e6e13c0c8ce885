import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export type TokenAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA';

/** A key that an issuer signs tokens with; `jwk` is its public half, as the issuer publishes it. */
export interface SigningKey {
  kid: string;
  alg: TokenAlgorithm;
  privateKey: KeyObject;
  publicKey: KeyObject;
  jwk: Record<string, unknown>;
}

/** Makes a key of its own for an algorithm. */
export function signingKey(kid: string, alg: TokenAlgorithm = 'ES256'): SigningKey {
  const { privateKey, publicKey } = newPair(alg);
  return { kid, alg, privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' } };
}

/** A JWT, made by hand so that a test can also make those that no library would make. */
export function signToken(key: SigningKey, claims: object, header: object = {}): string {
  const signed = `${part({ alg: key.alg, kid: key.kid, ...header })}.${part(claims)}`;
  return `${signed}.${signatureOf(key, signed).toString('base64url')}`;
}

/** A part of a JWT: JSON in base64url. */
export function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function newPair(alg: TokenAlgorithm) {
  if (alg === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return alg === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function signatureOf({ alg, privateKey: key }: SigningKey, text: string): Buffer {
  const data = Buffer.from(text);
  switch (alg) {
    case 'EdDSA':
      return sign(null, data, key);
    case 'ES256':
      return sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
    case 'PS256':
      return sign('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
    case 'RS256':
      return sign('sha256', data, key);
  }
}
