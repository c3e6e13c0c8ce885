/** A text as SQL writes it. `COPY` takes no parameters, so what comes from outside gets into it through here alone. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** A list of texts as an SQL array. */
export function quoteArray(texts: readonly string[]): string {
  const elements = texts.map((text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
  return `${quoteLiteral(`{${elements.join(',')}}`)}::text[]`;
}
