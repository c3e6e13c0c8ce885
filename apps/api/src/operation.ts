import { type Request, type Response } from 'express';
import { type Dto } from '@muster/core/fields';
import { type Permission } from '@muster/core/roles';
import { type ClassConstructor } from '@muster/core/validation';
import { type Caller } from '@muster/db/apiKeys';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { type Faults } from './collectFaults.ts';

/**
 * One operation of the API, said once: the routes, the checks of what comes in, and the description of the whole are all
 * made of it.
 */
export interface Operation {
  /** The `operationId`: `createCampaign`. */
  name: string;
  summary: string;
  /** More than the summary says; Markdown. */
  description?: string;
  /** The chapter of the description that it stands in. */
  tag: string;
  /** Several: the operation goes by each of them. */
  methods: Method[];
  /** With `{names}`; it is there under `/companies/{companyId}` as well. */
  path: string;
  /** There only under `/companies/{companyId}`. */
  onlyUnderCompany?: boolean;
  scope: Permission;
  query?: Dto;
  body?: Body;
  answer: AnswerForm;
  /** Statuses that it answers with beside those of all operations. */
  refusals?: number[];
  /** A POST that stores or starts something: takes `Idempotency-Key`. */
  keepsAnswer?: boolean;
  /** Counted among the starts of runs that a company has a minute. */
  startsRun?: boolean;
  /** Changes an object that has an ETag: takes `If-Match`. */
  takesIfMatch?: boolean;
  /** Whether its rows are written in one transaction, which is begun before it and committed after it. */
  writes?: boolean;
  /**
   * Checks more than the form of its body, and is called even where that is faulty, with the fields that are well-formed:
   * it adds to `call.faults`, and has them thrown before it uses what it checked.
   */
  checksMore?: boolean;
  handle(call: Call): Promise<unknown>;
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What a body is: JSON of a class, read before the operation is called; or what the operation reads itself: JSON, bytes. */
export type Body = JsonBody<Dto> | StreamedBody | BytesBody;

export interface JsonBody<Class> {
  json: Class;
  /** The most that it may hold, `100kb` where absent. */
  limit?: string;
  /** May be left out. */
  optional?: boolean;
  /** The body is a list, and stands in this field of the class. */
  asList?: string;
  streamed?: never;
}

/** JSON of a class that may be too much to be held: the class describes it, the operation reads and checks it. */
export interface StreamedBody {
  json: Dto;
  optional?: boolean;
  streamed: true;
}

interface BytesBody {
  /** The media types that it may have. */
  bytes: string[];
  description: string;
}

/** How what an operation gives is answered. */
export type AnswerForm =
  /** In the envelope of an object; with an ETag. */
  | { object: Dto }
  /** As it is, without an envelope; with an ETag. */
  | { bare: Dto }
  /** A page: in the envelope of a list. */
  | { page: Dto }
  /** A list that is always whole: in the envelope of an object. */
  | { list: Dto }
  /** Bytes, which the operation has sent itself. */
  | BytesBody;

/** What an operation is handed. */
export interface Call<Params = Record<string, string>, Query = object, Content = object> {
  caller: Caller;
  /** The rows of the caller's company; of an operation that writes, in its transaction. */
  company: CompanyDatabase;
  params: Params;
  query: Query;
  body: Content;
  /** What is wrong with query and body: nothing, unless the operation `checksMore`. */
  faults: Faults;
  requestId: string;
  /** Throws Refused 412 unless the caller's `If-Match`, where there is one, names this state of the object. */
  requireMatch(view: object): void;
  /** Done once all is committed and answered; what it throws is nobody's answer. */
  afterwards(work: () => unknown): void;
  /**
   * For operations that read their body themselves: answers what `effect` gives, once per `Idempotency-Key`. `fingerprint`
   * stands for the body. What the operation gives itself is not looked at then.
   */
  once(fingerprint: string, effect: (tx: CompanyDatabase) => Promise<object>): Promise<unknown>;
  req: Request;
  res: Response;
}

type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Record<Name, string> & ParamsOf<Rest>
  : unknown;
type Class<T extends object> = ClassConstructor<T>;

/** What an operation is declared by: its handler knows path, query and body by their types. */
export type Declaration<Path extends string, Query extends object, Content extends object> = Omit<
  Operation,
  'path' | 'query' | 'body' | 'handle'
> & {
  path: Path;
  query?: Class<Query>;
  body?: JsonBody<Class<Content>> | StreamedBody | BytesBody;
  handle(call: Call<ParamsOf<Path>, Query, Content>): Promise<unknown>;
};

/** Declares an operation. */
export function operation<const Path extends string, Query extends object = object, Content extends object = object>(
  declaration: Declaration<Path, Query, Content>,
): Operation {
  return declaration as unknown as Operation;
}
