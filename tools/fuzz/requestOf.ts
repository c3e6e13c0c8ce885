import { createHash, randomUUID } from 'node:crypto';
import { isMention, type Mention, writeDraft } from './draft.ts';
import { type KnownObject, type ObjectPool, plainPath } from './objectPool.ts';
import { type Plan } from './planArbitrary.ts';
import { suitedFor } from './suitedFor.ts';

/** A request as it is sent. */
export interface HttpRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  body: Uint8Array | undefined;
}

/** Who asks, and of whom: two companies, and what is known of the objects of each. */
export interface World {
  own: { id: string; keys: Record<string, string>; pool: ObjectPool };
  other: { id: string; pool: ObjectPool };
}

export interface Filled {
  request: HttpRequest;
  /** The ids in the address, by the names of its parts. */
  ids: Record<string, string>;
}

const NOBODY = [
  'XX-AAAA-AAAA',
  'CM-2222-2222',
  '00000000-0000-4000-8000-000000000000',
  '123456',
  'our-unknown',
  '0',
  '99999999999999999999',
];

/** A planned request with the objects that it names, as they are known now. */
export function requestOf(plan: Plan, world: World): Filled {
  const { operation, body, who } = plan;
  const params = paramsOf(plan, world);
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => percent(params[name] ?? ''));
  const ids = idsOf(plan, world, params);
  const find = (mention: Mention) => found(inListOf(operation.path, mention, world), world, ids);
  const query = plan.query.map(([name, value]) => `${percent(name)}=${percent(textOf(value, find))}`).join('&');
  const content = body && ('json' in body ? writeDraft(body.json, find) : body.bytes);
  const bytes = content === undefined ? undefined : Buffer.from(content as string);
  const key = who === 'nobody' ? undefined : (world.own.keys[who] ?? `mk_AAAAAAAAAAAA_${'x'.repeat(49)}`);
  const headers: Record<string, string> = { ...plan.headers, ...(key !== undefined && { [operation.keyHeader]: key }) };
  for (const name of ['If-Match', 'If-None-Match'])
    if (headers[name] === 'etag') headers[name] = targetOf(plan, world)?.etag ?? '*';
  if (headers['Idempotency-Key'] === 'fresh') headers['Idempotency-Key'] = randomUUID();
  for (const name of MD5_HEADERS) if (headers[name] === 'md5') headers[name] = md5Of(bytes);
  return {
    request: {
      method: plan.method ?? operation.method,
      path: `${operation.base}${path}${query === '' ? '' : `?${query}`}`,
      headers,
      body: bytes,
    },
    ids,
  };
}

const MD5_HEADERS = ['Content-MD5', 'RequestMD5'];

function md5Of(bytes: Uint8Array | undefined): string {
  return createHash('md5')
    .update(bytes ?? '')
    .digest('hex');
}

/** The parts of the address, by our ids where the object is known. */
function idsOf(plan: Plan, world: World, params: Record<string, string>): Record<string, string> {
  const target = targetOf(plan, world)?.params ?? {};
  const isKnown = (name: string) => plan.parts[name] === undefined && target[name] !== undefined;
  return Object.fromEntries(
    Object.entries(params).map(([name, text]) => [name, isKnown(name) ? (target[name] ?? text) : text]),
  );
}

function paramsOf(plan: Plan, world: World): Record<string, string> {
  const names = [...plan.operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const target = targetOf(plan, world);
  return Object.fromEntries(
    names.map((name) => {
      const instead = plan.parts[name];
      if (instead !== undefined)
        return [name, name === 'companyId' && isMention(instead) ? world.other.id : inAddress(instead, world)];
      if (name === 'companyId') return [name, world.own.id];
      if (plan.operation.method === 'POST' && WORDS[name]) return [name, usual(name, plan.pick)];
      const byExternal = plan.byExternal && target?.externalId !== undefined && names.at(-1) === name;
      return [
        name,
        byExternal
          ? `ext-${target.externalId}`
          : (target?.params[name] ?? lastOf(target, names.at(-1) === name) ?? usual(name, plan.pick)),
      ];
    }),
  );
}

/** The object's own id, where its address calls it otherwise. */
function lastOf(object: KnownObject | undefined, isLast: boolean) {
  return isLast && object ? Object.values(object.params).at(-1) : undefined;
}

/** Parts of addresses that are words. */
const WORDS: Record<string, string[]> = {
  file: ['contacts_output.csv', 'log.txt'],
  importId: ['contacts', 'people', 'loans', 'consents', 'do-not-interacts', 'interactions'],
};

function usual(name: string, pick: number) {
  const words = WORDS[name] ?? ['XX-AAAA-AAAA'];
  return words[pick % words.length] ?? '';
}

/** The object that the address ends in, or that which it is below: mostly one that is in the state for it. */
function targetOf({ operation, pick }: Plan, { own }: World) {
  const names = [...plainPath(operation.path).matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const isWord = (name: string) => operation.method === 'POST' && WORDS[name] !== undefined;
  const among = pick % 4 > 0 ? { suits: suitedFor(operation.name) } : {};
  return names
    .reverse()
    .filter((name) => !isWord(name))
    .map((name) => own.pool.find(name, pick, among))
    .find((object) => object !== undefined);
}

function inAddress(value: unknown, world: World) {
  const text = textOf(value, (mention) => found(mention, world, {}));
  return isMention(value) && value.by === 'external' ? `ext-${text}` : text;
}

function textOf(value: unknown, find: (mention: Mention) => unknown): string {
  const plain = isMention(value) ? find(value) : value;
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}

function found({ name, whose, by, pick }: Mention, world: World, near: Record<string, string>): unknown {
  if (whose === 'nobody') return NOBODY[pick % NOBODY.length];
  const object = world[whose].pool.find(name, pick, whose === 'own' && pick % 4 > 0 ? { near } : {});
  if (by === 'external' && object?.externalId !== undefined) return object.externalId;
  if (by === 'displayId' && object?.displayId !== undefined) return object.displayId;
  return Object.values(object?.params ?? {}).at(-1) ?? 'XX-AAAA-AAAA';
}

/** A cursor names an object of the list that it pages through. */
function inListOf(path: string, mention: Mention, world: World): Mention {
  if (!['startingAfter', 'endingBefore'].includes(mention.name)) return mention;
  return { ...mention, name: world.own.pool.memberOf(path) ?? 'runId', by: 'id' };
}

/** Percent-encoded, with the bytes of a lone surrogate as they would be, too: no address may hold them, and some do. */
function percent(text: string): string {
  const bytes = Array.from(text).flatMap((sign) => [...bytesOf(sign.codePointAt(0) ?? 0)]);
  return bytes
    .map((byte) => (/[\w.~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : hex(byte)))
    .join('');
}

function bytesOf(code: number): Uint8Array {
  const isLone = code >= 0xd800 && code <= 0xdfff;
  return isLone
    ? Uint8Array.of(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    : Buffer.from(String.fromCodePoint(code));
}

function hex(byte: number) {
  return `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
}
