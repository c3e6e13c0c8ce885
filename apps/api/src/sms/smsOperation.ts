import { type Dto } from '@muster/core/fields';
import { type Scope } from '@muster/core/roles';
import { type ClassConstructor } from '@muster/core/validation';
import { type Caller } from '@muster/db/apiKeys';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { type Organisation } from '@muster/db/sms/organisation';
import { type SmsName } from '@muster/messaging/smsErrors';
import { type Faults } from '../collectFaults.ts';

/** One operation of the SMS API, said once: its route, its checks and its description are made of it. */
export interface SmsOperation {
  /** The `operationId`. */
  name: string;
  summary: string;
  /** More than the summary says; Markdown. */
  description?: string;
  tag: string;
  method: 'get' | 'post';
  /** With `{names}`, below `/sms`. */
  path: string;
  scope: Scope;
  query?: Dto;
  body?: SmsBody<Dto>;
  answer: SmsAnswer;
  /** What it is refused for, beside what any may be. */
  refusals?: SmsName[];
  /** Whether its rows are written in one transaction. */
  writes?: boolean;
  handle(call: SmsCall): Promise<unknown>;
}

/** A body of JSON: an object of a class; or one or a list of them, handed on as Entries in the field `list`. */
export interface SmsBody<Class> {
  json: Class;
  /** Of a list: how many at most. Absent: there is one. */
  most?: number;
  /** Bytes at most; 100 kB where absent. */
  limit?: number;
}

/** What is answered: an object, with another status than 200 maybe; a bare list; nothing but 200. */
export type SmsAnswer = { object: Dto; status?: 201 } | { list: Dto };

/** What an operation is handed. */
export interface SmsCall<Params = Record<string, string>, Query = object, Content = object> {
  caller: Caller;
  organisation: Organisation;
  /** The rows of the caller's company; of an operation that writes, in its transaction. */
  company: CompanyDatabase;
  params: Params;
  query: Query;
  body: Content;
  /** Collects what is wrong beyond the form of the body. */
  faults: Faults;
  requestId: string;
  /** Done once all is committed and answered; what it throws is nobody's answer. */
  afterwards(work: () => unknown): void;
}

type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Record<Name, string> & ParamsOf<Rest>
  : unknown;

type Declaration<Path extends string, Query extends object, Content extends object> = Omit<
  SmsOperation,
  'path' | 'query' | 'body' | 'handle'
> & {
  path: Path;
  query?: ClassConstructor<Query>;
  body?: SmsBody<ClassConstructor<Content>>;
  handle(call: SmsCall<ParamsOf<Path>, Query, Content>): Promise<unknown>;
};

/** Declares an operation: its handler knows path, query and body by their types. */
export function smsOperation<const Path extends string, Query extends object = object, Content extends object = object>(
  declaration: Declaration<Path, Query, Content>,
): SmsOperation {
  return declaration as unknown as SmsOperation;
}
