/** Whether the operator lets a host be asked without encryption. */
export type AllowHttp = (host: string, port: number) => boolean;

/**
 * The host of an address, which is all that may ever be told of it, since the rest may hold a key; and whether it may be
 * asked: over https, or by plain http where the operator allows that.
 */
export function hostToAsk(url: string, allowHttp: AllowHttp): { host: string; mayAsk: boolean } {
  if (!URL.canParse(url)) return { host: '', mayAsk: false };
  const { protocol, hostname, port, host } = new URL(url);
  if (protocol !== 'http:') return { host, mayAsk: protocol === 'https:' };
  return { host, mayAsk: allowHttp(hostname.replace(/^\[|\]$/g, ''), port === '' ? 80 : Number(port)) };
}
