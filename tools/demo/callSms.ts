import { createHash } from 'node:crypto';

/** An answer of the SMS API that says no. */
export class SmsRefusal extends Error {
  readonly errorCode: string;

  constructor(
    status: number,
    { errorCode = '', errorDescription = '' }: { errorCode?: string; errorDescription?: string },
  ) {
    super(`the SMS API answered ${status} (${errorCode}): ${errorDescription}`);
    this.errorCode = errorCode;
  }
}

const TIMEOUT_MS = 30_000;

/** Calls the SMS API with a key: a body makes it a POST. Every call throws SmsRefusal where the answer is no. */
export function callSms(url: string, apiKey: string) {
  return async <Answer>(path: string, body?: object): Promise<Answer> => {
    const text = JSON.stringify(body);
    const md5 = body && {
      'Content-Type': 'application/json',
      'Content-MD5': createHash('md5').update(text).digest('hex'),
    };
    const response = await fetch(url + path, {
      headers: { Authorization: apiKey, ...md5 },
      ...(body && { method: 'POST', body: text }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new SmsRefusal(response.status, answer as object);
    return answer as Answer;
  };
}
