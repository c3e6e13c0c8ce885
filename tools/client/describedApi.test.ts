import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { roles, scopes, scopesOf } from '@muster/core/roles';
import { describedApi } from './describedApi.ts';

const checkout = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(checkout, 'docs/api.md'), 'utf8');

/** The cells of the page's table whose head begins with these words, row by row. */
function tableOf(...head: string[]): string[][] {
  const lines = page.split('\n');
  const isHead = (line: string) => head.every((word, at) => cellsOf(line)[at] === word);
  const from = lines.findIndex(isHead) + 2;
  const to = lines.findIndex((line, at) => at >= from && !line.startsWith('|'));
  return lines.slice(from, to).map(cellsOf);
}

function cellsOf(line: string) {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

const namesIn = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

interface Told {
  operationId: string;
  method: string;
  path: string;
  scope: string;
}

/** Each operation as the page has it; a row is of one or, where PUT and PATCH are the same, of two. */
const told = (): Told[] =>
  tableOf('operation', 'method and path').flatMap(([ids, address = '', , scope]) => {
    const methods = address.replace(/`.*/, '').split(',');
    const [path = ''] = namesIn(address);
    return namesIn(ids).map((operationId, at) => ({
      ...{ operationId, path, scope: namesIn(scope).join() },
      method: (methods[at] ?? '').trim(),
    }));
  });

/** Each operation as it is described, by its short path where it has one. */
const described = (): Told[] =>
  Object.entries(describedApi().paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, { operationId }]) => !operationId.endsWith('OfCompany'))
      .map(([method, { operationId, 'x-scope': scope }]) => ({
        ...{ operationId, path, scope },
        method: method.toUpperCase(),
      })),
  );

const byId = (a: Told, b: Told) => (a.operationId < b.operationId ? -1 : 1);

describe('docs/api.md', () => {
  it('has each operation once, with its method, path and scope', () => {
    expect(told().sort(byId)).toEqual(described().sort(byId));
  });

  it('says of each operation who asks for it', () => {
    const form = /^(model|reading|own)(; (path|short path|last segment|selector) reading)?(; PATCH own)?$/;
    const rows = tableOf('operation', 'method and path');
    expect(rows.map(([, , askedFor]) => askedFor).filter((text) => !form.test(text ?? ''))).toEqual([]);
  });

  it('names tests that are there', () => {
    const proofs = tableOf('operation', 'method and path').flatMap(([id, , , , cell = '']) =>
      cell.split('; ').map((proof) => [id, ...proof.split(' › ')]),
    );
    const missing = proofs.filter(([, file = '', title = '']) => title === '' || !hasTest(file, title));
    expect(missing).toEqual([]);
  });

  it('gives each role its scopes', () => {
    const order = ['viewer', 'operator', 'service', 'admin', 'carrier'] as const;
    expect([...order].sort()).toEqual([...roles].sort());
    const rows = scopes.map((scope) => [
      `\`${scope}\``,
      ...order.map((role) => (scopesOf(role).includes(scope) ? 'yes' : '')),
    ]);
    expect(tableOf('scope', ...order)).toEqual(rows);
  });

  it('points at files that are there', () => {
    const files = tableOf('choice', 'where').flatMap(([, where]) => namesIn(where));
    expect(files.filter((file) => !existsSync(join(checkout, file)))).toEqual([]);
  });
});

/** Whether a test of this file has a title that begins so. */
function hasTest(file: string, title: string): boolean {
  const path = file.startsWith('test/e2e/') ? `${file}.e2e.test.ts` : `apps/api/src/${file}.integration.test.ts`;
  if (!existsSync(join(checkout, path))) return false;
  const source = readFileSync(join(checkout, path), 'utf8');
  const literal = `'${title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`;
  return new RegExp(String.raw`(?:\bit|\bdescribe|\))\(\s*${literal}`).test(source); // `it.each(…)(` ends in a bracket
}
