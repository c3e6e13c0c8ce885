// What is to be sent, as JSON values, with two things that JSON values cannot say.

const KIND = Symbol('kind');

/** JSON text that goes out as it is: `1e400`, ten thousand brackets. */
export interface RawJson {
  [KIND]: 'raw';
  text: string;
}

/** An object that is only known when the request is sent. */
export interface Mention {
  [KIND]: 'mention';
  /** How the field or the part of the address is called: `contactExporterId`. */
  name: string;
  whose: 'own' | 'other' | 'nobody';
  /** `external` with `ext-` in addresses, and without in bodies. */
  by: 'id' | 'external' | 'displayId';
  pick: number;
}

/** JSON text that goes out as it is. */
export function rawJson(text: string): RawJson {
  return { [KIND]: 'raw', text };
}

/** An object that is found when the request is sent. */
export function mention(of: Omit<Mention, typeof KIND>): Mention {
  return { [KIND]: 'mention', ...of };
}

/** Whether a value stands for an object that is yet to be found. */
export function isMention(value: unknown): value is Mention {
  return kindOf(value) === 'mention';
}

function kindOf(value: unknown) {
  return typeof value === 'object' && value !== null ? (value as Partial<RawJson | Mention>)[KIND] : undefined;
}

/** Whether parts can be taken out of a value, or put into it. */
export function isContainer(value: unknown): value is Record<string, unknown> | unknown[] {
  return typeof value === 'object' && value !== null && kindOf(value) === undefined;
}

/** The JSON text of a draft; `find` gives what stands for an object. */
export function writeDraft(value: unknown, find: (mention: Mention) => unknown): string {
  if (isMention(value)) return JSON.stringify(find(value));
  if (kindOf(value) === 'raw') return (value as RawJson).text;
  if (Array.isArray(value)) return `[${value.map((item) => writeDraft(item, find)).join(',')}]`;
  if (!isContainer(value)) return value === undefined ? 'null' : JSON.stringify(value);
  const given = Object.entries(value).filter(([, child]) => child !== undefined);
  const members = given.map(([key, child]) => `${JSON.stringify(key)}:${writeDraft(child, find)}`);
  return `{${members.join(',')}}`;
}
