import { type Request, type Response } from 'express';
import { InvalidInput } from '@muster/core/errors';
import { text } from '@muster/core/fields';
import { type CompanyDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { fakeLog } from '@muster/testing/fakeLog';
import { operation } from './operation.ts';
import { runOperation } from './runOperation.ts';

class Body {
  @text({ min: 1 }) name!: string;
  @text({ optional: true }) note?: string;
}

/** Runs an operation that never asks whether its input is faulty; tells what it was called with, and how it ended. */
async function run(checksMore: boolean, input: { query?: object; body: object }) {
  const called: object[] = [];
  const careless = operation({
    ...{ name: 'do', summary: 'Do', tag: 'Any', methods: ['post'], path: '/any', scope: 'campaigns:write' },
    ...{ body: { json: Body }, answer: { bare: Body }, writes: true, checksMore },
    handle: async ({ body }) => called.push(body),
  });
  const rows = { companyId: 'CP-1' } as unknown as CompanyDatabase;
  rows.transaction = (work) => work(rows, []);
  const db = { forCompany: () => rows } as unknown as OpenDatabase;
  const req = { query: {}, params: {}, get: () => undefined, ...input } as unknown as Request;
  const res = { locals: { caller: { companyId: 'CP-1' }, requestId: 'r' } } as unknown as Response;
  const ended = await Promise.resolve(runOperation({ db, log: fakeLog() }, careless)(req, res, () => undefined)).then(
    () => [],
    (error: unknown) => (error instanceof InvalidInput ? error.faults.map(({ field }) => field) : [String(error)]),
  );
  return { called, ended };
}

const faulty = { query: { limit: '1' }, body: { name: '', note: 'n' } };

it('refuses a faulty input with what is wrong in query and body, and calls no operation', async () => {
  expect(await run(false, faulty)).toEqual({ called: [], ended: ['limit', 'name'] });
});

it('hands what is well-formed to an operation that checks more, and still commits nothing', async () => {
  expect(await run(true, faulty)).toEqual({ called: [{ note: 'n' }], ended: ['limit', 'name'] });
});

it('hands on nothing of a body that is no object', async () => {
  expect(await run(true, { body: [] })).toEqual({ called: [], ended: [''] });
});
