import { createHash } from 'node:crypto';
import { type House } from './house.ts';

/** Asks the SMS API of a house: with a body by POST, with its MD5; with the house's key unless another is given. */
export function smsClient(house: House) {
  return async (path: string, body?: object, key = house.apiKey) => {
    const text = JSON.stringify(body);
    const response = await fetch(`${house.url}/sms${path}`, {
      headers: { Authorization: key, ...(body && { 'Content-Type': 'application/json', 'Content-MD5': md5(text) }) },
      ...(body && { method: 'POST', body: text }),
    });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };
}

function md5(text: string) {
  return createHash('md5').update(text).digest('hex');
}
