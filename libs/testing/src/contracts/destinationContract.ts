import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PermanentFailure } from '@muster/core/errors';
import { type Destination, type RemoteDirectory, type SftpAddress } from '@muster/pipeline/ports';

/** A destination to try. */
export interface DestinationUnderTest {
  destination: Destination;
  /** Pinned to the server's key; its directory is empty. */
  address: SftpAddress;
  /** What to change in the address so that the login is refused. */
  wrongLogin: Partial<SftpAddress>;
  /** Puts a file there, behind our back. */
  place(name: string, content: Buffer): Promise<void>;
  /** What lies there. */
  content(name: string): Promise<Buffer | undefined>;
}

const never = new AbortController().signal;

/** What every destination promises. Call inside `describe`, with a function that prepares an empty directory. */
export function destinationContract(prepare: () => Promise<DestinationUnderTest>) {
  const open: RemoteDirectory[] = [];
  const temporary: string[] = [];
  const connected = async () => {
    const world = await prepare();
    const remote = await world.destination.connect(world.address, never);
    open.push(remote);
    return { ...world, remote };
  };
  const localFile = async (content: Buffer | string) => {
    const directory = await mkdtemp(join(tmpdir(), 'muster-upload-'));
    temporary.push(directory);
    await writeFile(join(directory, 'file'), content);
    return join(directory, 'file');
  };
  afterEach(async () => {
    for (const remote of open.splice(0)) await remote.close();
    for (const directory of temporary.splice(0)) await rm(directory, { recursive: true });
  });

  it('uploads the very bytes of a large file', async () => {
    const { remote, content } = await connected();
    const bytes = randomBytes(3_000_001);

    await remote.upload(await localFile(bytes), 'contacts.csv.part', never);

    expect((await content('contacts.csv.part'))?.equals(bytes)).toBe(true);
    expect(await remote.find('contacts.csv.part')).toEqual({ sizeBytes: bytes.length });
  });

  it('uploads an empty file', async () => {
    const { remote } = await connected();

    await remote.upload(await localFile(''), 'empty.csv', never);

    expect(await remote.find('empty.csv')).toEqual({ sizeBytes: 0 });
  });

  it('replaces a longer file that an earlier try left behind', async () => {
    const { remote, place, content } = await connected();
    await place('a.part', Buffer.alloc(100_000, 'old'));

    await remote.upload(await localFile('new'), 'a.part', never);

    expect(await content('a.part')).toEqual(Buffer.from('new'));
  });

  it('takes names with blanks and letters of other languages', async () => {
    const { remote, content } = await connected();

    await remote.upload(await localFile('x'), 'été 1.csv', never);

    expect(await content('été 1.csv')).toEqual(Buffer.from('x'));
  });

  it.each(['../a.csv', 'a/b.csv', '', '.', '..'])('never lets the name %j leave its directory', async (name) => {
    const { remote } = await connected();
    const file = await localFile('x');

    await expect(remote.upload(file, name, never)).rejects.toMatchObject({ code: 'remoteNameRefused' });
    await expect(remote.find(name)).rejects.toMatchObject({ code: 'remoteNameRefused' });
  });

  it('finds nothing where there is no file', async () => {
    const { remote } = await connected();

    expect(await remote.find('contacts.csv')).toBeUndefined();
  });

  it('gives a file its final name', async () => {
    const { remote, place, content } = await connected();
    await place('a.part', Buffer.from('whole'));

    await remote.rename('a.part', 'a.csv');

    expect(await content('a.csv')).toEqual(Buffer.from('whole'));
    expect(await remote.find('a.part')).toBeUndefined();
  });

  it('never renames over a file of that name, and says that it was refused', async () => {
    const { remote, place, content } = await connected();
    await place('a.part', Buffer.from('ours'));
    await place('a.csv', Buffer.from('theirs'));

    const refused = remote.rename('a.part', 'a.csv');

    await expect(refused).rejects.toBeInstanceOf(PermanentFailure);
    await expect(refused).rejects.toMatchObject({ code: 'renameRefused' });
    expect(await content('a.csv')).toEqual(Buffer.from('theirs'));
    expect(await content('a.part')).toEqual(Buffer.from('ours'));
  });

  it('says that a rename of a missing file was refused', async () => {
    const { remote } = await connected();

    await expect(remote.rename('a.part', 'a.csv')).rejects.toMatchObject({ code: 'renameRefused' });
  });

  it('removes a file, and is content where there is none', async () => {
    const { remote, place } = await connected();
    await place('a.part', Buffer.from('x'));

    await remote.remove('a.part');
    await remote.remove('a.part');

    expect(await remote.find('a.part')).toBeUndefined();
  });

  it('reports the host key it saw, pinned or not', async () => {
    const { destination, address, remote } = await connected();
    const { hostKeyFingerprint, ...unpinned } = address;
    const another = await destination.connect(unpinned, never);
    open.push(another);

    expect(remote.hostKeyFingerprint).toBe(hostKeyFingerprint);
    expect(another.hostKeyFingerprint).toBe(hostKeyFingerprint);
  });

  it('refuses a server with another host key, naming the expected and the seen one', async () => {
    const { destination, address } = await prepare();
    const expected = 'SHA256:anotherKeyThanTheOneWhichThisServerHas00000';

    await expect(destination.connect({ ...address, hostKeyFingerprint: expected }, never)).rejects.toMatchObject({
      code: 'hostKeyChanged',
      details: { expected, seen: expect.stringContaining(address.hostKeyFingerprint!) as string },
    });
  });

  it('says that a login was refused, for good', async () => {
    const { destination, address, wrongLogin } = await prepare();

    const refused = destination.connect({ ...address, ...wrongLogin }, never);

    await expect(refused).rejects.toBeInstanceOf(PermanentFailure);
    await expect(refused).rejects.toMatchObject({ code: 'sftpLoginRefused' });
  });

  it('says which directory is missing, for good', async () => {
    const { destination, address } = await prepare();

    const refused = destination.connect({ ...address, directory: 'no/such/place' }, never);

    await expect(refused).rejects.toBeInstanceOf(PermanentFailure);
    await expect(refused).rejects.toMatchObject({ code: 'remoteDirectoryMissing' });
    await expect(refused).rejects.toThrow('no/such/place');
  });

  it('gives whoever aborted their own reason back', async () => {
    const { remote } = await connected();
    const reason = new Error('the lease was lost');

    const aborted = remote.upload(await localFile('x'), 'a.part', AbortSignal.abort(reason));

    await expect(aborted).rejects.toBe(reason);
  });

  it('answers no call after it was closed, and forgives a second close', async () => {
    const { remote } = await connected();

    await remote.close();
    await remote.close();

    await expect(remote.find('a.csv')).rejects.toMatchObject({ code: 'sftpUnreachable' });
  });
}
