import { apiOperations } from '../../apps/api/src/apiOperations.ts';
import { type ApiDeps } from '../../apps/api/src/deps.ts';
import { openApiDocument } from '../../apps/api/src/description/openApiDocument.ts';

/** The API's description, without an API: operations touch what they are given only when they are called. */
export function describedApi() {
  const nothing = new Proxy({}, { get: () => undefined }) as ApiDeps;
  return openApiDocument(apiOperations(nothing), { tokenUrl: '/oauth/token' });
}
