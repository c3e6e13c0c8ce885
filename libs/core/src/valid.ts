import { type Fault, InvalidInput } from './errors.ts';
import { faultCode } from './faultCodes.ts';
import { CODE_END, type Dto, fieldsOf } from './fields.ts';
import { nearest } from './nearest.ts';
import { type ClassConstructor, plainToInstance, validate, type ValidationError } from './validation.ts';

const MOST_HINTED = 50;
const MAX_DEPTH = 20; // deeper bodies make the packages below run out of stack

/**
 * Turns what came from outside into a checked `dto`, or throws InvalidInput with all faults at once, each with its path.
 * Unknown fields are refused by name.
 */
export async function valid<T extends object>(dto: ClassConstructor<T>, input: unknown): Promise<T> {
  const { value, faults } = await examine(dto, input);
  if (!value || faults.length > 0) throw new InvalidInput(faults);
  return value;
}

export interface Examined<T> {
  value: T | undefined;
  faults: Fault[];
}

/**
 * Checks what came from outside: gives all faults, each with its path, and a `dto` of the fields that have none, so that
 * more can be found in those; none where the whole is not fit to be looked into.
 */
export async function examine<T extends object>(dto: ClassConstructor<T>, input: unknown): Promise<Examined<T>> {
  const strange = strangeShapes(input);
  if (strange.length > 0) return { value: undefined, faults: strange };
  const { plain, rawFields } = takeRawFields(dto, input as Record<string, unknown>);
  const value = Object.assign(plainToInstance(dto, plain), rawFields);
  const errors = await validate(value, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true, // one sentence per field says it all
    validationError: { target: true, value: false },
  });
  const faults = [...faultsAmong(errors, ''), ...faultsAcross(dto, plain)];
  dropFaulty(value, errors);
  return { value, faults };
}

/** Leaves what is well-formed: a faulty field goes, and a list with everything in it. */
function dropFaulty(value: object, errors: ValidationError[]): void {
  for (const { property, constraints, children = [] } of errors) {
    const field: unknown = Reflect.get(value, property);
    if (constraints || !isObject(field) || Array.isArray(field)) Reflect.deleteProperty(value, property);
    else dropFaulty(field, children);
  }
}

/** What is wrong between the items of a list: told together with what is wrong within them. */
function faultsAcross(dto: Dto, input: Record<string, unknown>): Fault[] {
  return [...fieldsOf(dto)].flatMap(([key, { notes }]) => {
    const items = input[key];
    const found = (Array.isArray(items) && notes.acrossItems?.(items)) || [];
    return found.map((fault) => ({ ...fault, field: `${key}${fault.field}` }));
  });
}

/** Rows that come by the hundred thousand are checked by their rule and never copied. */
function takeRawFields(dto: Dto, input: Record<string, unknown>) {
  const raw = [...fieldsOf(dto)].filter(([key, field]) => field.raw && Object.hasOwn(input, key)).map(([key]) => key);
  const entries = Object.entries(input);
  return {
    plain: Object.fromEntries(entries.filter(([key]) => !raw.includes(key))),
    rawFields: Object.fromEntries(entries.filter(([key]) => raw.includes(key))),
  };
}

/** Walks the input level by level, without recursion: what it refuses would break, or slip through, what comes after. */
function strangeShapes(input: unknown): Fault[] {
  if (!isObject(input) || Array.isArray(input)) {
    return [{ field: '', code: 'wrongType', message: 'the input must be a JSON object' }];
  }
  const faults: Fault[] = [];
  let level: [path: string, value: object][] = [['', input]];
  for (let depth = 1; level.length > 0; depth++) {
    const next: typeof level = [];
    for (const [path, value] of level) {
      if (depth > MAX_DEPTH)
        return [
          ...faults,
          { field: path.slice(0, 100), code: 'tooDeep', message: `is nested deeper than ${MAX_DEPTH} levels` },
        ];
      for (const [key, child] of Object.entries(value)) {
        // plainToInstance drops `__proto__`, `constructor` and their like without a word
        if (!Array.isArray(value) && key in Object.prototype) faults.push(unknownField(join(path, key)));
        if (isObject(child)) next.push([join(path, key, Array.isArray(value)), child]);
      }
    }
    level = next;
  }
  return faults;
}

/** The faults of an object's fields. Where they are many, nobody is told what was meant: to look for it takes its time. */
function faultsAmong(errors: ValidationError[], base: string): Fault[] {
  const hints = errors.length <= MOST_HINTED;
  return errors.flatMap((error) => faultsOf(error, { base, hints }));
}

function faultsOf(error: ValidationError, { base, hints }: { base: string; hints: boolean }): Fault[] {
  const isItem = Array.isArray(error.target);
  const field = join(base, error.property, isItem);
  const broken = Object.entries(error.constraints ?? {}).filter(
    ([code], _, all) => code !== 'nestedValidation' || all.length === 1,
  );
  const own = broken.map(([code, message]) => faultOf(error, { field, code, message }, hints));
  return [...own, ...faultsAmong(error.children ?? [], field)];
}

function faultOf(error: ValidationError, { field, code, message }: Fault, hints: boolean): Fault {
  if (code === 'whitelistValidation') {
    const fields = hints && error.target ? [...fieldsOf(error.target.constructor as Dto)] : [];
    const known = fields.filter(([, { schema }]) => !schema['readOnly']).map(([name]) => name); // those are ignored
    return unknownField(field, error.property === '' ? undefined : nearest(error.property, known));
  }
  const [ruleCode, sentence] = message.split(CODE_END, 2);
  return code === 'rule' && sentence !== undefined
    ? { field, code: ruleCode ?? code, message: sentence }
    : { field, code: faultCode(code), message };
}

function unknownField(field: string, meant?: string): Fault {
  return {
    field: field.slice(0, 200).replaceAll(/[\p{C}]/gu, '?'), // what cannot be shown must not be written back
    code: 'unknownField',
    message:
      `${field === '' ? 'a field without a name' : ''} is not a known field${meant === undefined ? '' : `; did you mean ${meant}?`}`.trim(),
  };
}

function join(base: string, key: string, isItem = false) {
  return isItem ? `${base}[${key}]` : base === '' ? key : `${base}.${key}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
