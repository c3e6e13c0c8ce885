// Fails when files import each other in a circle, type-only imports included. `@muster/x/y` is libs/x/src/y.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

const files = ['apps', 'libs', 'tools', 'test']
  .flatMap((root) => readdirSync(root, { recursive: true }).map((name) => join(root, name)))
  .filter((file) => /\.tsx?$/.test(file) && !/node_modules|\/dist\//.test(file));
const known = new Set(files);

function resolve(from, name) {
  if (name.startsWith('@muster/')) {
    const [, lib, ...rest] = name.split('/');
    return `libs/${lib}/src/${rest.join('/')}.ts`;
  }
  return name.startsWith('.') ? normalize(join(dirname(from), name)) : undefined;
}

const edges = new Map(
  files.map((file) => [
    file,
    ts
      .preProcessFile(readFileSync(file, 'utf8'))
      .importedFiles.map((i) => resolve(file, i.fileName))
      .filter((f) => f && known.has(f)),
  ]),
);
const state = new Map();
const cycles = [];
function visit(file, path) {
  if (state.get(file) === 'done') return;
  if (state.get(file) === 'open') return void cycles.push([...path.slice(path.indexOf(file)), file]);
  state.set(file, 'open');
  for (const next of edges.get(file)) visit(next, [...path, file]);
  state.set(file, 'done');
}
for (const file of files) visit(file, []);
for (const cycle of cycles) console.error(`import cycle: ${cycle.join(' -> ')}`);
process.exitCode = cycles.length > 0 ? 1 : 0;
