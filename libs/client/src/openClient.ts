import createClient, { type Client } from 'openapi-fetch';
import { type components, type paths } from './generated/api.ts';

export interface ClientOptions {
  /** Of the API: `https://muster.example.com/api`. */
  url: string;
  /** An API key, or a function that gives the bearer token of the moment. */
  credential: string | (() => string | Promise<string>);
  /** In place of the global one: for retries, proxies, tests. */
  fetch?: (request: Request) => Promise<Response>;
}

export type LendingClient = Client<paths>;
/** What the API takes and gives, by the names of its description. */
export type Schemas = components['schemas'];

/**
 * A client of the lending API, typed by the API's own description: `client.POST('/campaigns', { body })` knows body, path
 * and answer. Gives `{ data, error, response }`; nothing is thrown but what the network throws.
 */
export function openClient({ url, credential, fetch }: ClientOptions): LendingClient {
  const client = createClient<paths>({ baseUrl: url, ...(fetch && { fetch }) });
  client.use({
    onRequest: async ({ request }) => {
      if (typeof credential === 'string') request.headers.set('X-API-KEY', credential);
      else request.headers.set('Authorization', `Bearer ${await credential()}`);
      return request;
    },
  });
  return client;
}
