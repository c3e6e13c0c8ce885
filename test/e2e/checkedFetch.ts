import { answerCheck } from '@muster/testing/answerCheck';

/** A fetch that remembers what the API at `url` answered, and throws where that is not as the API's own description says. */
export async function checkedFetch(url: string, answers: string[]) {
  const check = answerCheck((await (await fetch(`${url}/openapi.json`)).json()) as object);
  return async (request: Request): Promise<Response> => {
    const response = await fetch(request);
    const contentType = response.headers.get('content-type') ?? '';
    const text = contentType.includes('json') ? await response.clone().text() : '';
    answers.push(text);
    const json: unknown = text === '' ? {} : JSON.parse(text);
    const path = request.url.slice(url.length);
    check({ method: request.method, path, status: response.status, contentType, json });
    return response;
  };
}
