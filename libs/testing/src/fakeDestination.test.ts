import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SftpAddress } from '@muster/pipeline/ports';
import { destinationContract } from './contracts/destinationContract.ts';
import { FakeDestination } from './fakeDestination.ts';

const hostKeyFingerprint = 'SHA256:x';
const address: SftpAddress = { host: 'sftp.test', port: 22, username: 'u', password: 'right', hostKeyFingerprint };
const never = new AbortController().signal;

describe('the destination in memory', () => {
  const temporary: string[] = [];
  const localFile = async (content: string) => {
    const directory = await mkdtemp(join(tmpdir(), 'muster-upload-'));
    temporary.push(directory);
    await writeFile(join(directory, 'file'), content);
    return join(directory, 'file');
  };
  afterAll(async () => {
    for (const directory of temporary) await rm(directory, { recursive: true });
  });
  const connected = async () => {
    const sftp = new FakeDestination().showHostKey(hostKeyFingerprint);
    return { sftp, remote: await sftp.connect(address, never) };
  };

  destinationContract(async () => {
    const destination = new FakeDestination().showHostKey(hostKeyFingerprint);
    destination.password = 'right';
    destination.directories = new Set(['']);
    return {
      ...{ destination, address, wrongLogin: { password: 'wrong' } },
      place: async (name, content) => void destination.files.set(name, content),
      content: async (name) => destination.files.get(name),
    };
  });

  it('does what it loses the answer to, and is gone afterwards', async () => {
    const { sftp, remote } = await connected();
    sftp.files.set('a.part', Buffer.from('x'));
    sftp.loseReplyTo('rename');

    await expect(remote.rename('a.part', 'a.csv')).rejects.toMatchObject({ code: 'sftpUnreachable' });

    expect([...sftp.files.keys()]).toEqual(['a.csv']);
    await expect(remote.find('a.csv')).rejects.toMatchObject({ code: 'sftpUnreachable' });
    expect(sftp.openConnections).toBe(0);
  });

  it('can take the file away after a lost rename', async () => {
    const { sftp, remote } = await connected();
    sftp.files.set('a.part', Buffer.from('x'));
    sftp.loseReplyTo('rename').thenRemove('a.csv');

    await expect(remote.rename('a.part', 'a.csv')).rejects.toMatchObject({ code: 'sftpUnreachable' });

    expect(sftp.files.size).toBe(0);
  });

  it('keeps the half that came before the cut', async () => {
    const { sftp, remote } = await connected();
    sftp.cutAfter(3);

    const cut = remote.upload(await localFile('123456'), 'a.part', never);

    await expect(cut).rejects.toMatchObject({ code: 'sftpUnreachable' });
    expect(sftp.files.get('a.part')).toEqual(Buffer.from('123'));
  });

  it('has a disk that can be full, aloud or silently', async () => {
    const { sftp, remote } = await connected();
    sftp.diskFullAfter(3);
    const file = await localFile('123456');

    await expect(remote.upload(file, 'a.part', never)).rejects.toMatchObject({ code: 'remoteDiskFull' });

    sftp.diskFullAfter(3, { silently: true });
    await remote.upload(file, 'a.part', never);
    expect(await remote.find('a.part')).toEqual({ sizeBytes: 3 });
  });

  it('writes down what it was asked', async () => {
    const { sftp, remote } = await connected();

    await remote.remove('a.part');

    expect(sftp.log).toEqual(['connect', 'remove a.part']);
  });

  it('refuses until it is allowed again', async () => {
    const { sftp, remote } = await connected();
    sftp.refuse('find');

    await expect(remote.find('a.csv')).rejects.toMatchObject({ code: 'remotePermissionDenied' });

    sftp.allow('find');
    expect(await remote.find('a.csv')).toBeUndefined();
  });
});
