import { type Fault, InvalidInput } from '@muster/core/errors';
import { list, raw, type Refusal, text } from '@muster/core/fields';
import { valid } from '@muster/core/valid';

const COMPANY_ID = /^CP-[A-Z0-9]{1,20}-[A-Z0-9]{1,20}$/;

/** Public keys, as RFC 7517 writes them. */
export interface KeySet {
  keys: Record<string, unknown>[];
}

/** Whose tokens are taken. */
export class TokenIssuer {
  /** The claim `iss`, letter for letter. */
  @text({ min: 1 }) issuer!: string;
  /** The claim `aud`, or one of it. */
  @text({ min: 1 }) audience!: string;
  @text({ optional: true, max: 2000, rule: refuseOddUrl }) jwksUrl?: string;
  /** Instead of an address, the keys themselves. */
  @raw({ type: 'object' }, { optional: true, rule: refuseOddKeys }) jwks?: KeySet;
  /** Whose tokens it may give out, where not everybody's: of an issuer that is one lender's own. */
  @raw({ type: 'array' }, { optional: true, rule: refuseOddCompanies }) companies?: string[];
}

class Issuers {
  @list(() => TokenIssuer, { max: 50, acrossItems: faultsBetween }) JWT_ISSUERS!: TokenIssuer[];
}

/**
 * Reads the setting `JWT_ISSUERS`; an empty text names none. `allowHttp` says which addresses may be asked by plain http.
 * Throws InvalidInput naming every faulty field, such as `JWT_ISSUERS[0].audience`.
 */
export async function tokenIssuersFrom(
  setting: string,
  allowHttp: (host: string, port: number) => boolean,
): Promise<TokenIssuer[]> {
  if (setting.trim() === '') return [];
  const { JWT_ISSUERS: issuers } = await valid(Issuers, { JWT_ISSUERS: parse(setting) });
  const faults = issuers.flatMap(({ jwksUrl }, i) => (jwksUrl === undefined ? [] : faultsOfUrl(jwksUrl, i)));
  if (faults.length > 0) throw new InvalidInput(faults);
  return issuers;

  function faultsOfUrl(jwksUrl: string, i: number): Fault[] {
    const { protocol, hostname, port } = new URL(jwksUrl);
    if (protocol === 'https:' || allowHttp(hostname, Number(port || 80))) return [];
    const message = 'must begin with https://; plain http only for what ALLOW_HTTP lists';
    return [{ field: `JWT_ISSUERS[${i}].jwksUrl`, code: 'httpsRequired', message }];
  }
}

function parse(setting: string): unknown {
  try {
    return JSON.parse(setting);
  } catch {
    const example = '[{"issuer": "https://id.example.com/", "audience": "muster", "jwksUrl": "https://…/jwks.json"}]';
    throw new InvalidInput([{ field: 'JWT_ISSUERS', code: 'isJson', message: `must be a JSON list: ${example}` }]);
  }
}

function faultsBetween(items: readonly unknown[]): Fault[] {
  const issuers = items.map((item) => (item ?? {}) as Partial<TokenIssuer>);
  return issuers.flatMap(({ issuer, jwksUrl, jwks }, i) => {
    const isRepeated = issuer !== undefined && issuers.findIndex((other) => other.issuer === issuer) < i;
    const hasOneSource = (jwksUrl === undefined) !== (jwks === undefined);
    return [
      ...(isRepeated ? [{ field: `[${i}].issuer`, code: 'isUnique', message: 'is named twice' }] : []),
      ...(hasOneSource
        ? []
        : [{ field: `[${i}].jwksUrl`, code: 'oneSource', message: 'or jwks must be given, not both' }]),
    ];
  });
}

function refuseOddUrl(value: string): Refusal | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (isPlain) return undefined;
  return { code: 'isUrl', message: 'must be the address of a key set, such as https://id.example.com/jwks.json' };
}

function refuseOddCompanies(value: unknown): Refusal | undefined {
  const isFine = Array.isArray(value) && value.length > 0 && value.every((id) => COMPANY_ID.test(String(id)));
  return isFine
    ? undefined
    : { code: 'isCompanies', message: 'must be a list of ids of companies, such as CP-7GK2-PX4M' };
}

function refuseOddKeys(value: unknown): Refusal | undefined {
  const keys = (value as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length === 0)
    return { code: 'isKeySet', message: 'must be a key set: {"keys": [{"kty": "RSA", "kid": "…", …}]}' };
  return keys.map(refuseOddKey).find((refusal) => refusal !== undefined);
}

function refuseOddKey(key: unknown): Refusal | undefined {
  const { kty, kid, d } = (key ?? {}) as Record<string, unknown>;
  if (d !== undefined) return { code: 'isPublic', message: 'holds a private key: give the public ones only' };
  if (!['RSA', 'EC', 'OKP'].includes(String(kty)))
    return { code: 'isPublic', message: 'may hold only public keys of the types RSA, EC and OKP' };
  if (typeof kid === 'string' && kid !== '') return undefined;
  return { code: 'kidMissing', message: 'must give each key a kid: tokens name their key by it' };
}
