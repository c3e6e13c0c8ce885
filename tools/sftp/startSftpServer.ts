import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, realpath } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { newKeyPair } from '@muster/testing/newKeyPair';
import ssh2, { type Connection } from 'ssh2';
import { acceptLogin, type Door } from './acceptLogin.ts';
import { serveSftp } from './serveSftp.ts';
import { type Served, type SftpFaults } from './sftpFaults.ts';

/** How to start the server. */
export interface SftpServerOptions extends Door {
  /** The whole world of its clients; made if it is missing. */
  directory: string;
  /** Default: a free one. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** A private key (PEM or OpenSSH); default: a new one of Ed25519. Several: one of each kind. */
  hostKey?: string | string[];
}

export interface SftpServer {
  host: string;
  port: number;
  /** `SHA256:…` of the (first) host key. */
  hostKeyFingerprint: string;
  /** What it shall do wrong, for tests. */
  readonly faults: SftpFaults;
  /** What it was asked, in order, and how often somebody tried to log in (`LOGIN password`). */
  readonly log: string[];
  /** How many are open. */
  connections(): number;
  /** Ends all connections at once, and takes new ones. */
  cutAll(): void;
  stop(): Promise<void>;
}

/** An SFTP server for the demo and for tests, on ssh2's own server: one user, one directory, faults on demand. */
export async function startSftpServer(options: SftpServerOptions): Promise<SftpServer> {
  const { directory, port = 0, host = '127.0.0.1', hostKey = newKeyPair().private } = options;
  await mkdir(directory, { recursive: true });
  const root = await realpath(directory);
  const hostKeys = [hostKey].flat();
  const faults: SftpFaults = {};
  const log: string[] = [];
  const sockets = new Map<string, Socket>();
  const listener = createServer({ noDelay: true }, (socket) => {
    const name = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
    sockets.set(name, socket);
    socket.once('close', () => sockets.delete(name));
    server.injectSocket(socket);
  });
  const server = new ssh2.Server({ hostKeys }, (client, { ip, port: from }) => {
    const cut = () => void sockets.get(`${ip}:${from}`)?.destroy();
    greet(client, { door: options, served: { root, faults, log, cut } });
  });
  listener.listen(port, host);
  await once(listener, 'listening');
  const cutAll = () => {
    for (const socket of sockets.values()) socket.destroy();
  };
  return {
    ...{ host, faults, log, cutAll },
    connections: () => sockets.size,
    port: (listener.address() as AddressInfo).port,
    hostKeyFingerprint: fingerprintOf(hostKeys[0] ?? ''),
    stop: async () => {
      if (!listener.listening) return;
      const closed = once(listener, 'close');
      listener.close();
      cutAll();
      await closed;
    },
  };
}

function greet(client: Connection, { door, served }: { door: Door; served: Served }) {
  client.on('error', () => undefined); // its close follows
  client.on('authentication', (context) => {
    served.log.push(`LOGIN ${context.method}`);
    acceptLogin(context, door);
  });
  client.on('session', (acceptSession) => {
    acceptSession().on('sftp', (acceptSftp) => serveSftp(acceptSftp(), served));
  });
}

function fingerprintOf(hostKey: string) {
  const key = ssh2.utils.parseKey(hostKey);
  if (!('getPublicSSH' in key)) throw new Error('the host key of the SFTP server cannot be read');
  return `SHA256:${createHash('sha256').update(key.getPublicSSH()).digest('base64').replace(/=+$/, '')}`;
}
