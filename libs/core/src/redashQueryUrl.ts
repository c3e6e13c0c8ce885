import { InvalidInput } from './errors.ts';

/** Where a saved query lives, and the parameter values that its address carries. */
export interface QueryAddress {
  /** Everything in front of `/queries/`, organisation or sub-path included, without a slash at its end. */
  baseUrl: string;
  queryId: number;
  /** `?p_name=value` as name and raw text, in their order. */
  parameters: [name: string, value: string][];
}

const LONGEST = 2_000;
const BIGGEST_ID = 2_147_483_647; // Redash answers 500 to more
const EXAMPLE = 'write it as in the browser: https://redash.example.com/queries/42';

/** Reads the address of a saved Redash query. Throws InvalidInput for `redashQueryUrl`, saying what is wrong with it. */
export function parseQueryUrl(text: string): QueryAddress {
  const url = text.length <= LONGEST && URL.canParse(text) ? new URL(text) : undefined;
  // What a parser would repair (one slash, backslashes) is refused: others compare the beginning as text.
  if (!url || !/^https?:\/\/[^/\\]/i.test(text)) throw refused(`must be an https address, ${EXAMPLE}`);
  // It is stored and shown in the clear, so a key does not belong here.
  if (url.username || url.password || holdsKey(url)) {
    throw refused('must not carry a key or a password; give the key as redashApiKey');
  }
  const [, prefix = '', digits = ''] = /^(.*?)\/queries\/(\d+)(?:\/|$)/.exec(url.pathname) ?? [];
  const queryId = Number(digits);
  if (digits === '' || queryId < 1 || queryId > BIGGEST_ID) throw refused(`must name a saved query, ${EXAMPLE}`);
  return {
    baseUrl: url.origin + prefix.replace(/\/+$/, '').replace(/\/api$/, ''), // an address of the API means the same query
    queryId,
    parameters: parametersIn(url.searchParams),
  };
}

/** Whether a key stands in the address as Redash takes it (`api_key`), or in a spelling that was meant so. */
function holdsKey({ searchParams, hash }: URL) {
  const isKey = (name: string) => /^api[_-]?key$/i.test(name);
  return [...searchParams.keys()].some(isKey) || /api(?:_|-|%5f|%2d)?key=/i.test(hash);
}

function parametersIn(search: URLSearchParams): QueryAddress['parameters'] {
  return [...search].filter(([key]) => /^p_./.test(key)).map(([key, value]) => [key.slice(2), value]);
}

function refused(message: string) {
  return new InvalidInput([{ field: 'redashQueryUrl', code: 'isRedashQueryUrl', message }]);
}
