import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TemporaryFailure } from '@muster/core/errors';
import { destinationContract } from '@muster/testing/contracts/destinationContract';
import { newKeyPair } from '@muster/testing/newKeyPair';
import ssh2 from 'ssh2';
import { startSftpServer, type SftpServer } from '../../../tools/sftp/startSftpServer.ts';
import { type SftpLimits } from './sftp/sftpLimits.ts';
import { addressGuard } from './addressGuard/addressGuard.ts';
import { readAllowList } from './addressGuard/readAllowList.ts';
import { sftpDestination } from './sftpDestination.ts';

const never = new AbortController().signal;
const guard = addressGuard({ allow: readAllowList('127.0.0.1:*') });
const HALF = 500_000;
const whole = randomBytes(2 * HALF);

describe('delivery to an SFTP server that misbehaves', () => {
  const servers: { stop(): Promise<void> }[] = [];
  let home = '';
  let count = 0;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'muster-sftp-'));
    await writeFile(join(home, 'whole'), whole);
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });
  afterAll(() => rm(home, { recursive: true }));

  const started = async (options: { hostKey?: string[]; authorizedKey?: string } = {}) => {
    const directory = join(home, `world${(count += 1)}`);
    const server = await startSftpServer({ directory, username: 'muster', password: 'right', ...options });
    servers.push(server);
    return { server, directory, address: addressOf(server), read: (name: string) => readFile(join(directory, name)) };
  };
  const addressOf = ({ host, port, hostKeyFingerprint }: SftpServer) => ({
    ...{ host, port, hostKeyFingerprint },
    ...{ username: 'muster', password: 'right' },
  });
  const connected = async (limits: Partial<SftpLimits> = {}) => {
    const world = await started();
    const remote = await sftpDestination({ guard, ...limits }).connect(world.address, never);
    servers.unshift({ stop: () => remote.close() });
    const upload = (name: string, signal = never) => remote.upload(join(home, 'whole'), name, signal);
    return { ...world, remote, upload };
  };

  describe('keeps the promises of every destination', () => {
    destinationContract(async () => {
      const { address, directory } = await started();
      return {
        ...{ destination: sftpDestination({ guard }), address, wrongLogin: { password: 'wrong' } },
        place: (name, content) => writeFile(join(directory, name), content),
        content: (name) => readFile(join(directory, name)).catch(() => undefined),
      };
    });
  });

  it('says that nobody listens there', async () => {
    const { server, address } = await started();
    await server.stop();

    const refused = sftpDestination({ guard }).connect(address, never);

    await expect(refused).rejects.toBeInstanceOf(TemporaryFailure);
    await expect(refused).rejects.toMatchObject({ code: 'sftpUnreachable' });
  });

  it('gives up on a server that takes the call and says nothing', async () => {
    const { server, sockets } = await silentServer();
    servers.push({ stop: () => stopSilent(server, sockets) });
    const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port, username: 'u', password: 'p' };

    const silence = sftpDestination({ guard, connectTimeoutMs: 200 }).connect(address, never);

    await expect(silence).rejects.toMatchObject({ code: 'sftpUnreachable' });
  });

  it('ends a login that nobody waits for any more', async () => {
    const { server, sockets } = await silentServer();
    servers.push({ stop: () => stopSilent(server, sockets) });
    const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port, username: 'u', password: 'p' };
    const lease = new AbortController();
    const reason = new Error('the lease was lost');

    const login = sftpDestination({ guard }).connect(address, lease.signal);
    server.once('connection', () => lease.abort(reason));

    await expect(login).rejects.toBe(reason);
  });

  it('tries a wrong password once only, and names what the server takes', async () => {
    const { server, address } = await started({ authorizedKey: newKeyPair().public });

    const refused = sftpDestination({ guard }).connect({ ...address, password: 'wrong' }, never);

    await expect(refused).rejects.toThrow('it takes: password, publickey');
    expect(server.log).toEqual(['LOGIN password']);
  });

  it('logs in with a private key, and refuses one that the server does not know', async () => {
    const key = newKeyPair();
    const { address } = await started({ authorizedKey: key.public });
    const { password: _, ...keyed } = address;

    const remote = await sftpDestination({ guard }).connect({ ...keyed, privateKey: key.private }, never);
    await remote.close();

    const refused = sftpDestination({ guard }).connect({ ...keyed, privateKey: newKeyPair().private }, never);
    await expect(refused).rejects.toMatchObject({ code: 'sftpLoginRefused' });
  });

  it('says that a private key is unusable before calling anyone, and never quotes it', async () => {
    const address = { host: '127.0.0.1', port: 1, username: 'u', privateKey: 'canary-key' };

    const refused = sftpDestination({ guard }).connect(address, never);

    await expect(refused).rejects.toMatchObject({ code: 'sftpPrivateKeyUnusable' });
    await expect(refused).rejects.not.toThrow('canary-key');
  });

  it('sends no credential to a server with another host key', async () => {
    const { server, address } = await started();

    const refused = sftpDestination({ guard }).connect({ ...address, hostKeyFingerprint: 'SHA256:other' }, never);

    await expect(refused).rejects.toMatchObject({ code: 'hostKeyChanged' });
    expect(server.log).toEqual([]);
  });

  it('accepts a pinned key that is not the first kind the server shows', async () => {
    const rsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }).private;
    const { address } = await started({ hostKey: [rsa, newKeyPair().private] }); // its fingerprint is the RSA key's

    const remote = await sftpDestination({ guard }).connect(address, never);
    await remote.close();

    expect(remote.hostKeyFingerprint).toBe(address.hostKeyFingerprint);
  });

  it('says that the line was cut at half of the file, and can deliver over a new one', async () => {
    const { server, address, upload, read } = await connected();
    server.faults.cutAfterBytes = HALF;

    await expect(upload('a.part')).rejects.toMatchObject({ code: 'sftpUnreachable' });
    expect((await read('a.part')).length).toBeLessThan(whole.length);

    delete server.faults.cutAfterBytes;
    const again = await sftpDestination({ guard }).connect(address, never);
    servers.unshift({ stop: () => again.close() });
    await again.upload(join(home, 'whole'), 'a.part', never);
    expect((await read('a.part')).equals(whole)).toBe(true);
  });

  it('gives up on a server that stops answering in the midst of a file', async () => {
    const { server, upload } = await connected({ answerTimeoutMs: 200 });
    server.faults.losesReplyTo = ['WRITE'];

    await expect(upload('a.part')).rejects.toThrow('it stopped answering');
  });

  it('waits for a server that answers slowly but steadily', async () => {
    const { server, upload, read } = await connected({ answerTimeoutMs: 400 });
    server.faults.answerDelayMs = 30; // 33 writes: one second in all

    await upload('a.part');

    expect((await read('a.part')).equals(whole)).toBe(true);
  });

  it('does not let a trickle last for ever', async () => {
    const { server, upload } = await connected({ uploadTimeoutMs: 300 });
    server.faults.answerDelayMs = 50;

    await expect(upload('a.part')).rejects.toMatchObject({ code: 'sftpUnreachable' });
  });

  it('ends an upload that is not wanted any more, with the reason', async () => {
    const { server, upload } = await connected();
    const lease = new AbortController();
    const reason = new Error('the lease was lost');
    server.faults.losesReplyTo = ['CLOSE'];

    const aborted = upload('a.part', lease.signal);
    lease.abort(reason);

    await expect(aborted).rejects.toBe(reason);
  });

  it('calls a disk full when the server takes the file but not all of its bytes', async () => {
    const { server, upload } = await connected();
    server.faults.diskFullAfterBytes = HALF;

    const full = upload('a.part');

    await expect(full).rejects.toBeInstanceOf(TemporaryFailure);
    await expect(full).rejects.toMatchObject({ code: 'remoteDiskFull' });
  });

  it('lets the size tell when a server pretends that all went well', async () => {
    const { server, upload, remote } = await connected();
    Object.assign(server.faults, { diskFullAfterBytes: HALF, pretendsSuccess: true });

    await upload('a.part');

    expect(await remote.find('a.part')).toEqual({ sizeBytes: HALF });
  });

  it('writes one after the other for a server that refuses more', async () => {
    const { server, upload, read } = await connected();
    server.faults.oneWriteAtATime = true;

    await upload('a.part');
    await upload('b.part');

    expect((await read('a.part')).equals(whole)).toBe(true);
    expect((await read('b.part')).equals(whole)).toBe(true);
    const opened = server.log.filter((line) => line.startsWith('OPEN '));
    expect(opened).toEqual(['OPEN a.part', 'OPEN a.part', 'OPEN b.part']); // it remembers
  });

  it('delivers the right bytes to a server that ignores where they belong', async () => {
    const { server, upload, read } = await connected();
    server.faults.ignoresOffsets = true;

    await upload('a.part');

    expect((await read('a.part')).equals(whole)).toBe(true);
  });

  it('says that writing is not permitted', async () => {
    const { server, upload } = await connected();
    server.faults.refuses = { OPEN: 3 };

    await expect(upload('a.part')).rejects.toMatchObject({ code: 'remotePermissionDenied' });
  });

  it('looks into the list where a server cannot tell about one file', async () => {
    const { server, upload, remote } = await connected();
    await upload('a.part');
    server.faults.refuses = { STAT: 8 };

    expect(await remote.find('a.part')).toEqual({ sizeBytes: whole.length });
    expect(await remote.find('b.part')).toBeUndefined();
  });

  it('never takes a failed look for "not there"', async () => {
    const { server, remote } = await connected();
    server.faults.refuses = { STAT: 4, OPENDIR: 4 };

    await expect(remote.find('a.csv')).rejects.toMatchObject({ code: 'remoteRefused' });
  });

  it('tells a refused rename from one without an answer', async () => {
    const { server, upload, remote, directory } = await connected({ answerTimeoutMs: 200 });
    await upload('a.part');
    server.faults.refuses = { RENAME: 4 };

    await expect(remote.rename('a.part', 'a.csv')).rejects.toMatchObject({ code: 'renameRefused' });

    server.faults.refuses = {};
    server.faults.losesReplyTo = ['RENAME'];
    await expect(remote.rename('a.part', 'a.csv')).rejects.toMatchObject({ code: 'sftpUnreachable' });
    expect(await readdir(directory)).toEqual(['a.csv']); // done all the same
  });

  it('works in the directory of the address, and refuses a file in its place', async () => {
    const { address, directory } = await started();
    await mkdir(join(directory, 'in'));
    await writeFile(join(directory, 'file'), '');

    const remote = await sftpDestination({ guard }).connect({ ...address, directory: '/in/' }, never);
    servers.unshift({ stop: () => remote.close() });
    await remote.upload(join(home, 'whole'), 'a.csv', never);

    expect(await readdir(join(directory, 'in'))).toEqual(['a.csv']);
    const refused = sftpDestination({ guard }).connect({ ...address, directory: 'file' }, never);
    await expect(refused).rejects.toMatchObject({ code: 'remoteDirectoryMissing' });
  });
});

async function silentServer() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', () => done()));
  return { server, sockets };
}

async function stopSilent(server: Server, sockets: Set<Socket>) {
  for (const socket of sockets) socket.destroy();
  await new Promise((done) => server.close(done));
}
