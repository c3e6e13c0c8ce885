/** The fields that hold something: null counts, undefined does not. */
export type Present<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** The same object without the fields that are undefined: what a partial update leaves alone. */
export function withoutAbsent<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}
