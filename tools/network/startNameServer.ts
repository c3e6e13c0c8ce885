import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';

/** A name server of one's own, and what it was asked. */
export interface NameServer {
  /** Asks it for the IPv4 addresses of a name. */
  resolve(name: string): Promise<string[]>;
  /** How many questions it has answered. */
  asked(): number;
  stop(): Promise<void>;
}

const HEADER_BYTES = 12;
const ANSWERED = 0x8180;
const POINTER_TO_QUESTION = 0xc00c;

/** A name server that gives another answer each time, as rebinding ones do: the first, the second, then the last for ever. */
export async function startNameServer(...answers: [string[], ...string[][]]): Promise<NameServer> {
  let asked = 0;
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)] ?? [];
    socket.send(answer(query, addresses), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    resolve: (name) => resolver.resolve4(name),
    asked: () => asked,
    stop: () => new Promise((done) => void socket.close(done)),
  };
}

function answer(query: Buffer, addresses: string[]): Buffer {
  const question = query.subarray(HEADER_BYTES, query.indexOf(0, HEADER_BYTES) + 5); // name, type, class
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2); // its number
  [ANSWERED, 1, addresses.length].forEach((value, i) => header.writeUInt16BE(value, 2 + 2 * i));
  const records = addresses.map((address) => {
    const head = Buffer.alloc(HEADER_BYTES); // name, type A, class IN, no time to live, four bytes
    [POINTER_TO_QUESTION, 1, 1, 0, 0, 4].forEach((value, i) => head.writeUInt16BE(value, 2 * i));
    return Buffer.concat([head, Buffer.from(address.split('.').map(Number))]);
  });
  return Buffer.concat([header, question, ...records]);
}
