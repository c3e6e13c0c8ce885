import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import { describedApi } from './describedApi.ts';

// Writes the types of the client from the API's own description. They are not kept in git: what is generated cannot go stale.
const file = join(import.meta.dirname, '../../libs/client/src/generated/api.ts');
const header = '// Generated from the description of the API by tools/client/generate.ts: do not edit.\n';
const schema = JSON.parse(JSON.stringify(describedApi())) as Parameters<typeof openapiTS>[0];
const text = header + astToString(await openapiTS(schema, { defaultNonNullable: false }));
if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
