import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer, get } from 'node:https';
import { type AddressInfo, type Server } from 'node:net';
import { type TLSSocket } from 'node:tls';
import { countConnections } from '../../../../tools/network/countConnections.ts';
import { testCertificate } from '../../../../tools/network/testCertificate.ts';
import { sendRequest } from '../redash/sendRequest.ts';
import { addressGuard } from './addressGuard.ts';
import { guardedAgents } from './guardedAgents.ts';
import { readAllowList } from './readAllowList.ts';

const { name, key, cert } = testCertificate;

describe('guarded agents', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
  });
  const start = async (server: Server) => {
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  };
  const agentsFor = (allow: string) =>
    guardedAgents(addressGuard({ allow: readAllowList(allow), resolve: async () => ['127.0.0.1'] }));
  const served = (answer: RequestListener) =>
    start(createServer((request, response) => answer(request, response.setHeader('connection', 'close'))));
  const request = (url: string, allow: string) => ({
    ...({ method: 'GET', url, apiKey: 'key-canary', agents: agentsFor(allow) } as const),
    ...{ signal: new AbortController().signal, timeoutMs: 5_000, silenceMs: 2_000 },
  });

  it('keep the name for the certificate', async () => {
    const asked: unknown[] = [];
    const secure = createSecureServer({ key, cert }, (req, res) => {
      asked.push([(req.socket as TLSSocket & { servername?: string }).servername, req.headers.host]);
      res.setHeader('connection', 'close').end();
    });
    const port = await start(secure);
    const agent = agentsFor(`${name}:${port}`).https;

    const call = get({ host: name, port, agent, ca: cert });
    const [response] = (await once(call, 'response')) as [NodeJS.ReadableStream];
    await once(response.resume(), 'end');

    expect(asked).toEqual([[name, `${name}:${port}`]]);
  });

  it('refuse the certificate of another name', async () => {
    const port = await start(createSecureServer({ key, cert }));
    const agent = agentsFor(`other.example.com:${port}`).https;

    await expect(once(get({ host: 'other.example.com', port, agent, ca: cert }), 'response')).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('hand a refusal on as it is, without the key', async () => {
    const failure = sendRequest(request('https://redash.internal/api', ''), async () => undefined);

    await expect(failure).rejects.toMatchObject({ name: 'PermanentFailure', code: 'addressForbidden' });
    await expect(failure).rejects.not.toHaveProperty('options');
  });

  it('name the port that would have to be allowed', async () => {
    await expect(
      sendRequest(request('https://redash.example.com:8443/api', ''), async () => undefined),
    ).rejects.toThrow('add "redash.example.com:8443" to ALLOW_ADDRESSES');
  });

  it('are never led on by a redirect', async () => {
    const elsewhere = await countConnections('127.0.0.1');
    const location = `http://127.0.0.1:${elsewhere.port}/`;
    const port = await served((_, response) => response.writeHead(302, { location }).end());

    const status = await sendRequest(request(`http://127.0.0.1:${port}/`, '127.0.0.1:*'), async (reply) => {
      reply.body.resume();
      return reply.status;
    });

    expect(status).toBe(302);
    expect(elsewhere.seen).toEqual({ '127.0.0.1': 0 });
    await elsewhere.stop();
  });
});
