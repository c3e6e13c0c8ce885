import { type DescribedOperation } from './describedOperations.ts';

/** An object that is known to be there, and the parts of its address. */
export interface KnownObject {
  params: Record<string, string>;
  externalId: string | undefined;
  displayId: number | undefined;
  etag: string | undefined;
  /** How it was last shown. */
  shown: object;
}

export interface ObjectPool {
  /** Learns from an answer of 200: what was made, shown, listed or deleted. */
  learn(operation: DescribedOperation, seen: { params: Record<string, string>; json: unknown; etag?: string }): void;
  /** An object whose address ends in this part: the newest ones first, and of those such as are among those wanted, if any is. */
  find(param: string, pick: number, among?: Among): KnownObject | undefined;
  /** The last part of the addresses of what a list holds: `campaignId` for `/campaigns`. */
  memberOf(path: string): string | undefined;
  /** All ids that ever were. */
  ids: ReadonlySet<string>;
}

/** Which objects are wanted. */
export interface Among {
  /** They share these parts of their address, as far as they have them. */
  near?: Record<string, string>;
  /** They are in such a state, as they were last shown. */
  suits?: (shown: object) => boolean;
}

const RECENT = 12;
const COMPANY = '/companies/{companyId}';

/** The objects of one company, as its own requests have come to know them. */
export function objectPool(operations: readonly DescribedOperation[]): ObjectPool {
  const items = itemsOf(operations);
  const known = new Map<string, KnownObject[]>([...items.values()].map((param) => [param, []]));
  const ids = new Set<string>();

  /** Of a list, the path of its objects, which may stand elsewhere: `/people/{personId}/interactions`, `/interactions/{interactionId}`. */
  const itemIn = (list: string) =>
    [...items].find(([item, param]) => [list, list.replace(/s$/, '')].includes(item.replace(`/{${param}}`, ''))) ??
    [...items].find(([item, param]) => item.endsWith(`/${list.split('/').at(-1) ?? ''}/{${param}}`));

  function keep(path: string, object: KnownObject) {
    const param = items.get(path);
    const list = param === undefined ? undefined : known.get(param);
    if (param === undefined || !list) return;
    ids.add(object.params[param] ?? '');
    const at = list.findIndex(({ params }) => params[param] === object.params[param]);
    if (at < 0) list.push(object);
    else list[at] = { ...object, etag: object.etag ?? etagStill(list[at], object) };
  }
  const pool: ObjectPool = {
    learn: ({ method, path: full }, { params, json, etag }) => {
      const path = plainPath(full);
      const own = items.get(path);
      if (own !== undefined && method === 'DELETE') {
        for (const [param, list] of known) {
          known.set(
            param,
            list.filter((object) => object.params[own] !== params[own]),
          );
        }
        return;
      }
      const member = itemIn(path);
      for (const shown of objectsIn(json)) {
        const id = idIn(shown, own ?? member?.[1]);
        if (id === undefined) continue;
        if (own !== undefined) keep(path, knownAs(shown, { ...params, [own]: id }, etag));
        else if (member) keep(member[0], knownAs(shown, { ...partsIn(member[0], params, shown), [member[1]]: id }));
      }
    },
    find: (param, pick, { near = {}, suits = () => true } = {}) => {
      const all = known.get(param) ?? known.get([...known.keys()].find((name) => endsLike(param, name)) ?? '') ?? [];
      const close = all.filter(({ params }) => Object.entries(params).every(([name, id]) => (near[name] ?? id) === id));
      const fit = (close.length > 0 ? close : all).filter(({ shown }) => suits(shown));
      const list = [fit, close, all].find(({ length }) => length > 0) ?? [];
      return list.at(-1 - (pick % Math.min(list.length || 1, RECENT)));
    },
    memberOf: (path) => itemIn(plainPath(path))?.[1],
    ids,
  };
  return pool;
}

/** The paths of single objects, and the last name of each: `/people/{personId}` and `personId`. */
function itemsOf(operations: readonly DescribedOperation[]): Map<string, string> {
  const gets = operations.filter(({ method }) => method === 'GET').map(({ path }) => plainPath(path));
  return new Map(
    gets.flatMap((path) => {
      const name = /\/\{(\w+)\}$/.exec(path)?.[1];
      return name === undefined ? [] : [[path, name] as [string, string]];
    }),
  );
}

/** A path without the company in front. */
export function plainPath(path: string): string {
  return path.startsWith(`${COMPANY}/`) ? path.slice(COMPANY.length) : path;
}

/** The other parts of an object's address: from that of the list, or as the object itself names them. */
function partsIn(item: string, params: Record<string, string>, shown: object): Record<string, string> {
  const names = [...item.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const named = shown as Record<string, unknown>;
  return Object.fromEntries(
    names.flatMap((name) => {
      const field = Object.keys(named).find((field) => endsLike(field, name)); // `borrowerCampaignId`
      const id = params[name] ?? named[field ?? name];
      return typeof id === 'string' ? [[name, id]] : [];
    }),
  );
}

interface Shown {
  externalId?: unknown;
  displayId?: unknown;
}

function objectsIn(json: unknown): Shown[] {
  const { data, list } = (json ?? {}) as { data?: unknown; list?: unknown };
  const listed = Array.isArray(list) ? (list as unknown[]) : undefined;
  return [data ?? listed ?? json].flat().filter((one): one is Shown => typeof one === 'object' && one !== null);
}

/** What an object is called by: its `id`, or, where it has none, as the part of its address says: its `campaignGuid`. */
function idIn(shown: Shown, param = 'id'): string | undefined {
  const named = shown as Record<string, unknown>;
  const id = named['id'] ?? named[param];
  return typeof id === 'string' ? id : undefined;
}

function knownAs(shown: Shown, params: Record<string, string>, etag?: string): KnownObject {
  const { externalId, displayId } = shown;
  return {
    ...{ params, shown },
    externalId: typeof externalId === 'string' ? externalId : undefined,
    displayId: typeof displayId === 'number' ? displayId : undefined,
    etag,
  };
}

/** The tag of an object that is shown without it; undefined where it may have changed since. */
function etagStill(before: KnownObject | undefined, { shown }: KnownObject) {
  const momentOf = (one: object | undefined) => (one as { updatedAt?: unknown } | undefined)?.updatedAt;
  return momentOf(before?.shown) === momentOf(shown) ? before?.etag : undefined;
}

/** Whether a field, such as `borrowerCampaignId`, names the objects of a part of an address, such as `campaignId`. */
function endsLike(field: string, param: string) {
  const bare = (name: string) => name.toLowerCase().replace(/id$/, '');
  return bare(field).endsWith(bare(param));
}
