import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

interface Described {
  paths: Record<string, Record<string, { responses: Record<string, Response | Reference> }>>;
  components?: { responses?: Record<string, Response> };
}

interface Response {
  content?: Record<string, { schema?: Partial<Reference> }>;
}

interface Reference {
  $ref: string;
}

interface Seen {
  method: string;
  /** Below `/api`, with or without a query. */
  path: string;
  status: number;
  contentType: string;
  json: unknown;
}

/** Checks answers against the API's own description: throws where a status or a field is not described. */
export function answerCheck(document: object): (seen: Seen) => void {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document, 'api');
  const { paths, components } = document as Described;
  const templates = Object.keys(paths)
    .map((path) => ({ path, form: formOf(path), names: path.split('{').length }))
    .sort((a, b) => a.names - b.names); // `/people/ext-1` is no `/{x}/{y}`
  const compiled = new Map<string, ValidateFunction>();
  const responseOf = (path: string, method: string, status: number) => {
    const own = paths[path]?.[method]?.responses[status];
    return own && '$ref' in own ? components?.responses?.[own.$ref.split('/').at(-1) ?? ''] : own;
  };
  const validatorOf = (pointer: string) => {
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `api${pointer}` });
    compiled.set(pointer, validate);
    return validate;
  };

  return ({ method, path, status, contentType, json }) => {
    const [bare = ''] = path.split('?');
    const template = templates.find(({ path: known, form }) => form.test(bare) && paths[known]?.[method.toLowerCase()]);
    if (!template || status === 304) return; // no such operation: nothing is promised
    const what = `${method} ${template.path} answered ${status}`;
    const response = responseOf(template.path, method.toLowerCase(), status === 206 ? 200 : status);
    if (!response) throw new Error(`${what}, which is not described`);
    const types = Object.keys(response.content ?? {});
    const type = types.find((known) => contentType.startsWith(known));
    if (type === undefined) throw new Error(`${what} as ${contentType}, and only ${types.join(', ')} is described`);
    if (type !== 'application/json') return;
    const keys = ['paths', template.path, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema'];
    const own = `#${keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;
    const validate = validatorOf(response.content?.[type]?.schema?.$ref ?? own); // most refer to one that is shared
    if (!validate(json)) {
      throw new Error(`${what} with something else than is described: ${ajv.errorsText(validate.errors)}`);
    }
  };
}

function formOf(path: string) {
  const segments = path.split('/').map((segment) => (segment.startsWith('{') ? '[^/]+' : segment));
  return new RegExp(`^${segments.join('/')}/?$`);
}
