import { type Fault } from './errors.ts';
import {
  Allow,
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  type ClassConstructor,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsISO8601,
  IsNumber,
  IsObject,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  Transform,
  Type,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from './validation.ts';

// One declaration per field: it checks what comes in, and it is what the description of the API will be made of.

export type Dto = ClassConstructor<object>;
/** The JSON schema of a field, as far as it can be said in JSON; `of` stands for the schema of another class. */
export type Schema = Record<string, unknown>;
/** What a rule says of a value that it refuses. */
export interface Refusal {
  code: string;
  message: string;
}

export interface Notes {
  /** May be left out. */
  optional?: boolean;
  /** May be null. */
  nullable?: boolean;
  description?: string;
  example?: unknown;
  /** What no schema can say: called with a value that has passed the other checks. */
  rule?: (value: never) => Refusal | undefined;
  /**
   * Of a list: faults between its items, each with a path from the list on (`[1].name`). Asked by `valid` of a class's own
   * lists, whatever else is wrong: the items may be anything.
   */
  acrossItems?: (items: readonly unknown[]) => Fault[];
}

export interface DeclaredField {
  schema: Schema;
  notes: Notes;
  /** Handed through as it came, without a copy: for bodies of many rows. */
  raw: boolean;
  /** Declares the same field in another class, with other notes. */
  redeclare: (change: Notes) => PropertyDecorator;
}

const declared = new Map<unknown, Map<string, DeclaredField>>();
/** Stands between code and message of a rule's refusal, since class-validator has room for a text only. */
export const CODE_END = '\u0000';

/** The fields that a class and its bases declare, by name. */
export function fieldsOf(dto: Dto): Map<string, DeclaredField> {
  const base = Object.getPrototypeOf(dto) as Dto | null;
  const inherited = base === null || base === Function.prototype ? [] : fieldsOf(base);
  return new Map([...inherited, ...(declared.get(dto) ?? [])]);
}

/** A text without control characters; `lines` lets line breaks and tabs pass. Lengths are in characters. */
export const text = ({ min = 0, max = 255, lines = false, ruled, ...notes }: Notes & TextLimits = {}) => {
  const message = `must be a text of ${min} to ${max} characters${lines ? '' : ' without control characters'}`;
  const form = lines ? CLEAN_LINES : CLEAN_LINE;
  return field({ type: 'string', minLength: min, maxLength: max, pattern: form }, notes, [
    IsString({ message }),
    Length(min, ruled ? undefined : max, { message }),
    refuseIf('isCleanText', message, (value) => !isCleanText(value, lines)),
  ]);
};
// What isCleanText says of control characters, for readers of the schema.
const CLEAN_LINE = '^[^\\u0000-\\u001f\\u007f]*$';
const CLEAN_LINES = '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*$';

interface TextLimits extends Ruled {
  min?: number;
  max?: number;
  lines?: boolean;
}

interface Ruled {
  /** Its limits are said here, and kept by a rule between fields, which has a code and a sentence of its own. */
  ruled?: boolean;
}

/** A text of a given form. Patterns must be linear: they meet whatever is sent. */
export const pattern = (form: RegExp, { message, ...notes }: Notes & { message: string }) =>
  field({ type: 'string', pattern: form.source }, notes, [IsString({ message }), Matches(form, { message })]);

/** A whole number within limits. */
export const integer = (limits: Limits & Ruled = {}) => whole(limits, []);

/** A whole number that comes as text, as in the environment or in an address: `25`. */
export const integerText = (limits: Limits = {}) =>
  whole(limits, [
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
    ),
  ]);

/** A number with at most two decimals, such as an amount of money. */
export const amount = ({ min, max, ...notes }: Notes & { min: number; max: number }) => {
  const message = `must be a number from ${min} to ${max} with at most two decimals`;
  return field({ type: 'number', minimum: min, maximum: max, multipleOf: 0.01 }, notes, [
    IsNumber({ maxDecimalPlaces: 2 }, { message }),
    Min(min, { message }),
    Max(max, { message }),
  ]);
};

/** A number with as many decimals as it has. */
export const decimal = ({ min, max, ...notes }: Notes & { min: number; max: number }) => {
  const message = `must be a number from ${min} to ${max}`;
  return field({ type: 'number', minimum: min, maximum: max }, notes, [
    IsNumber({}, { message }),
    Min(min, { message }),
    Max(max, { message }),
  ]);
};

/** True or false. */
export const flag = (notes: Notes = {}) =>
  field({ type: 'boolean' }, notes, [IsBoolean({ message: 'must be true or false' })]);

/** True or false that comes as text, as in the environment or in an address. */
export const flagText = (notes: Notes = {}) =>
  field({ type: 'boolean' }, notes, [
    Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value)),
    IsBoolean({ message: 'must be true or false' }),
  ]);

/** One of some words. */
export const oneOf = (values: readonly string[], notes: Notes = {}) =>
  field({ type: 'string', enum: values }, notes, [
    refuseIf('isIn', `must be one of ${values.join(', ')}`, (value) => typeof value !== 'string'),
    IsIn(values, { message: `must be one of ${values.join(', ')}` }),
  ]);

/** Some words of a set, at least one and each once. */
export const someOf = (values: readonly string[], notes: Notes = {}) => {
  const message = `must be a list of one or more of ${values.join(', ')}, each once`;
  return field(
    { type: 'array', minItems: 1, uniqueItems: true, maxItems: values.length, items: { type: 'string', enum: values } },
    notes,
    [
      IsArray({ message }),
      ArrayMinSize(1, { message: `is empty: leave it out, or name one or more of ${values.join(', ')}` }),
      ArrayMaxSize(values.length, { message }),
      refuseIf('isIn', message, (value) => !(value as unknown[]).every((item) => values.includes(item as string))),
      ArrayUnique({ message }),
    ],
  );
};

/** A moment, with its zone: `2026-03-08T05:00:00Z`. */
export const instant = (notes: Notes = {}) => {
  const message = 'must be a date and time with its zone, such as 2026-03-08T05:00:00Z';
  return field({ type: 'string', format: 'date-time' }, notes, [
    IsISO8601({ strict: true }, { message }),
    Matches(/T.*(Z|[+-]\d\d:\d\d)$/, { message }), // class-validator takes a bare date for a moment
  ]);
};

/** An object of a declared class. With `merge`, a partial body may leave out what it does not change. */
export function nested(
  of: () => Dto,
  { merge = false, ...notes }: Notes & { merge?: boolean } = {},
): PropertyDecorator {
  const checks = [
    IsObject({ message: 'must be an object' }), // ValidateNested alone takes an array of them as well
    ValidateNested(),
    Type(of),
  ];
  const asPart = (changed: Notes) => nested(() => partOf(of()), changed);
  return declare({ schema: { of }, notes, checks, ...(merge && { asPart }) });
}

/** A list of objects of a declared class. */
export const list = (of: () => Dto, { min = 0, max = 100, ...notes }: Notes & { min?: number; max?: number } = {}) => {
  const message = `must be a list of ${min} to ${max} objects`;
  return field({ type: 'array', minItems: min, maxItems: max, items: { of } }, notes, [
    IsArray({ message }),
    ArrayMinSize(min, { message }),
    ArrayMaxSize(max, { message }),
    IsObject({ each: true, message }), // ValidateNested alone takes lists of lists as well
    ValidateNested({ each: true }),
    Type(of),
  ]);
};

/** A value that is checked by its rule alone and handed through without a copy. */
export const raw = (schema: Schema, notes: Notes) => declare({ schema, notes, checks: [Allow()], raw: true });

/** A field of the answers that is accepted in bodies and ignored, so that what was read can be sent back. */
export const ignored = () => field({ readOnly: true }, { optional: true }, [Allow()]);

/** The same fields, each of which may be left out: for partial updates. */
export function partOf(dto: Dto): Dto {
  const known = parts.get(dto);
  if (known) return known;
  const part = class {};
  const name = dto.name.startsWith('Create') ? dto.name.replace('Create', 'Update') : `${dto.name}Part`;
  Object.defineProperty(part, 'name', { value: name }); // what the description calls it
  parts.set(dto, part);
  for (const [key, { redeclare }] of fieldsOf(dto)) redeclare({ optional: true })(part.prototype, key);
  return part;
}
const parts = new Map<Dto, Dto>();

function whole({ ruled, ...limits }: Limits & Ruled, first: Checks) {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER, ...notes } = limits;
  const message = `must be a whole number from ${min} to ${max}`;
  const checks = ruled
    ? [IsNumber({}, { message })]
    : [IsInt({ message }), Min(min, { message }), Max(max, { message })];
  return field({ type: 'integer', minimum: min, maximum: max }, notes, [...first, ...checks]);
}
type Limits = Notes & { min?: number; max?: number };
type Checks = PropertyDecorator[];

const field = (schema: Schema, notes: Notes, checks: Checks) => declare({ schema, notes, checks });

interface Declaration {
  schema: Schema;
  notes: Notes;
  checks: Checks;
  raw?: boolean;
  /** How a partial update declares the field, where that differs. */
  asPart?: (notes: Notes) => PropertyDecorator;
}

function declare(declaration: Declaration): PropertyDecorator {
  const { schema, notes, checks, raw = false } = declaration;
  const { optional, nullable, rule } = notes;
  const redeclare = declaration.asPart ?? ((changed: Notes) => declare({ ...declaration, notes: changed }));
  return (target, key) => {
    if (!optional) isGiven(nullable)(target, key);
    for (const check of checks) check(target, key);
    if (rule) obey(rule)(target, key);
    // IsOptional would let null pass as well, and null means "clear", absent "leave"
    if (optional || nullable) {
      ValidateIf((_, value) => !(optional && value === undefined) && !(nullable && value === null))(target, key);
    }
    const known = { schema, notes, raw, redeclare: (change: Notes) => redeclare({ ...notes, ...change }) };
    record(target.constructor as Dto, String(key), known);
  };
}

function record(dto: Dto, key: string, declaration: DeclaredField) {
  const fields = declared.get(dto) ?? new Map<string, DeclaredField>();
  declared.set(dto, fields.set(key, declaration));
}

function isGiven(nullable = false) {
  return IsDefined({ message: nullable ? 'is missing: give a value or null' : 'is missing' });
}

function refuseIf(name: string, message: string, isFaulty: (value: unknown) => boolean): PropertyDecorator {
  return ValidateBy({ name, validator: { validate: (value) => !isFaulty(value), defaultMessage: () => message } });
}

function obey(rule: (value: never) => Refusal | undefined): PropertyDecorator {
  return ValidateBy({
    name: 'rule',
    validator: {
      validate: (value) => rule(value as never) === undefined,
      defaultMessage: (told) => {
        const refusal = rule(told?.value as never);
        return `${refusal?.code ?? 'rule'}${CODE_END}${refusal?.message ?? 'is refused'}`;
      },
    },
  });
}

/** Whether a text can be stored and shown: no half of a surrogate pair, no control characters. */
export function isCleanText(value: unknown, lines = false): boolean {
  return typeof value === 'string' && /^\P{Cs}*$/u.test(value) && !hasControlCharacter(value, lines);
}

function hasControlCharacter(value: string, lines: boolean) {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code === 127 || (code < 32 && !(lines && (code === 9 || code === 10 || code === 13)))) return true;
  }
  return false;
}
