import { type HttpRequest } from './requestOf.ts';

const MOST_OF_A_BODY = 1_500;

/** A request as a line for a shell, for people; a long body is cut. Keys are left out. */
export function asCurl(url: string, { method, path, headers, body }: HttpRequest): string {
  const given = Object.entries(headers).map(([name, value]) =>
    value.startsWith('mk_') ? `-H "${name}: $KEY"` : `-H ${quoted(`${name}: ${value}`)}`,
  );
  const text = body === undefined ? '' : Buffer.from(body).toString();
  const shown = text.length > MOST_OF_A_BODY ? `${text.slice(0, MOST_OF_A_BODY)}… (${body?.length ?? 0} bytes)` : text;
  const data = body === undefined ? [] : [`--data-binary ${quoted(shown)}`];
  return ['curl --path-as-is', `-X ${method}`, ...given, ...data, quoted(`${url}${path}`)].join(' ');
}

function quoted(text: string) {
  const plain = text.replaceAll(
    /[\p{Cc}\p{Cs}\p{Cf}]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `'${plain.replaceAll("'", String.raw`'\''`)}'`;
}
