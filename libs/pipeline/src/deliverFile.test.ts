import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TemporaryFailure } from '@muster/core/errors';
import { FakeDeliveries } from '@muster/testing/fakeDeliveries';
import { FakeDestination } from '@muster/testing/fakeDestination';
import { CancelAsked } from './cancelAsked.ts';
import { deliverFile, type Parcel } from './deliverFile.ts';
import { LeaseLost } from './leaseLost.ts';

const content = 'id,phone\r\n1,+14155550101\r\n';
const NAME = 'contacts.csv';
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-test-'));
  await writeFile(join(directory, 'file'), content);
});
afterAll(() => rm(directory, { recursive: true }));

function deliveryBench({ sftp = new FakeDestination(), runId = 'CR-1', file = 'file', bytes = content } = {}) {
  const ledger = new FakeDeliveries();
  const parcel: Parcel = {
    file: 'contacts_output.csv',
    remoteName: NAME,
    sizeBytes: bytes.length,
    sha256: 'aa',
    localPath: join(directory, file),
  };
  /** One attempt of the upload step, on a connection of its own. */
  const deliver = async (attempt = 1) => {
    ledger.currentAttempt = Math.max(ledger.currentAttempt, attempt);
    const signal = new AbortController().signal;
    const remote = await sftp.connect({ host: 'sftp.example.com', port: 22, username: 'muster' }, signal);
    const lease = { runId, step: 'upload', attempt } as const;
    try {
      return await deliverFile(parcel, {
        lease,
        campaignId: 'CM-1',
        deliveries: ledger,
        remote,
        destination: 'sftp.example.com, directory in',
        signal,
      });
    } finally {
      await remote.close();
    }
  };
  const renames = () => sftp.log.filter((call) => call.startsWith('rename'));
  return { sftp, ledger, deliver, renames, states: () => ledger.statesOf('contacts_output.csv') };
}

it('shows a file under its final name only when it is whole', async () => {
  const { sftp, deliver, states } = deliveryBench();

  await deliver();

  expect([...sftp.files]).toEqual([[NAME, Buffer.from(content)]]);
  expect(sftp.log.findIndex((call) => call.startsWith('rename'))).toBeGreaterThan(
    sftp.log.indexOf('find .muster-CR-1-contacts_output.csv-1.part'),
  );
  expect(states()).toEqual(['delivered']);
});

it('does nothing for a file that is delivered', async () => {
  const { sftp, deliver, renames } = deliveryBench();
  await deliver();
  sftp.files.clear(); // the dialer has fetched it

  await deliver(2);

  expect([renames().length, sftp.files.size]).toEqual([1, 0]);
});

it('finds a rename done whose answer was lost', async () => {
  const { sftp, deliver, renames, states } = deliveryBench();
  sftp.loseReplyTo('rename');

  await expect(deliver()).rejects.toMatchObject({ code: 'sftpUnreachable' });
  expect(states()).toEqual(['renaming']);
  await deliver(2);

  expect([renames().length, states()]).toEqual([1, ['delivered']]);
});

it('renames what a lost attempt had uploaded and was about to rename', async () => {
  const { sftp, ledger, deliver, states } = deliveryBench();
  sftp.loseReplyTo('rename');
  await deliver().catch(() => undefined);
  const file = sftp.files.get(NAME) ?? Buffer.alloc(0);
  sftp.files.clear();
  sftp.files.set(ledger.rows[0]?.temporaryName ?? '', file); // as if the rename had never reached the server

  await deliver(2);

  expect([...sftp.files.keys(), ...states()]).toEqual([NAME, 'delivered']);
});

it('never sends again a file whose rename was lost and which the dialer has fetched', async () => {
  const { sftp, deliver, renames, states } = deliveryBench();
  sftp.loseReplyTo('rename').thenRemove(NAME);

  await expect(deliver()).rejects.toMatchObject({ code: 'sftpUnreachable' });
  const message = expect.stringContaining(`${NAME} was delivered to sftp.example.com, directory in, cannot`) as string;
  await expect(deliver(2)).rejects.toMatchObject({ code: 'deliveryUnknown', message });
  await expect(deliver(3)).rejects.toMatchObject({ code: 'deliveryUnknown', message });

  expect([renames().length, sftp.files.size, states()]).toEqual([1, 0, ['unknown']]);
});

it('says of what nobody can know how to resolve it', async () => {
  const { sftp, deliver } = deliveryBench();
  sftp.loseReplyTo('rename').thenRemove(NAME);
  await deliver().catch(() => undefined);

  await expect(deliver(2)).rejects.toThrow(
    'resolve the delivery, as delivered or as notDelivered: POST /campaigns/CM-1/runs/CR-1/deliveries/contacts_output.csv/resolve',
  );
});

it('leaves both names alone where a rename broke off in its middle, and never sends it again', async () => {
  const { sftp, ledger, deliver, renames, states } = deliveryBench();
  sftp.loseReplyTo('rename');
  await deliver().catch(() => undefined);
  const temporaryName = ledger.rows[0]!.temporaryName;
  sftp.files.set(temporaryName, Buffer.from(content)); // as by a server that links the new name, and unlinks the old one later

  await expect(deliver(2)).rejects.toMatchObject({ code: 'deliveryUnknown' });
  await expect(deliver(3)).rejects.toMatchObject({ code: 'deliveryUnknown' });

  expect([renames().length, [...sftp.files.keys()].sort(), states()]).toEqual([
    1,
    [temporaryName, NAME].sort(),
    ['unknown'],
  ]);
});

it('begins anew, and clears away, what a cut connection left half uploaded', async () => {
  const { sftp, deliver, states } = deliveryBench();
  sftp.cutAfter(10);

  await expect(deliver()).rejects.toMatchObject({ code: 'sftpUnreachable' });
  await deliver(2);

  expect([[...sftp.files.keys()], states()]).toEqual([[NAME], ['failed', 'delivered']]);
});

it('does not believe a server that reports success on a full disk', async () => {
  const { sftp, deliver, states } = deliveryBench();
  sftp.diskFullAfter(10, { silently: true });

  await expect(deliver()).rejects.toMatchObject({ code: 'remoteFileShort' });

  expect([sftp.files.size, states()]).toEqual([0, ['failed']]);
});

it('never touches a file of that name that is not ours', async () => {
  const { sftp, deliver } = deliveryBench();
  sftp.files.set(NAME, Buffer.from('theirs'));

  await expect(deliver()).rejects.toMatchObject({
    code: 'remoteNameTaken',
    message: expect.stringMatching(
      /^\S+ is there already.* on sftp\.example\.com, directory in\. Look at .* alert was raised\. If it is this run's own, .* leave both .* If it is not, change fileName/,
    ) as string,
  });

  expect([...sftp.files]).toEqual([[NAME, Buffer.from('theirs')]]);
  expect(sftp.log.filter((call) => call.startsWith('upload'))).toEqual([]); // nor is a large file sent for nothing
});

describe('a server that renames over files', () => {
  const theirs = Buffer.from('theirs');

  it('keeps one that came under the name while ours was uploaded', async () => {
    const { sftp, ledger, deliver, states } = deliveryBench({ sftp: new FakeDestination().renameOver() });
    const mark = ledger.mark.bind(ledger);
    ledger.mark = async (lease, delivery, to) => {
      if (to.state === 'uploaded') sftp.files.set(NAME, theirs);
      await mark(lease, delivery, to);
    };

    await expect(deliver()).rejects.toMatchObject({ code: 'remoteNameTaken' });

    expect([[...sftp.files], states()]).toEqual([[[NAME, theirs]], ['failed']]);
  });

  it('keeps one that came under the name since an earlier attempt was about to rename ours', async () => {
    const { sftp, ledger, deliver, states } = deliveryBench({ sftp: new FakeDestination().renameOver() });
    sftp.loseReplyTo('rename');
    await deliver().catch(() => undefined);
    sftp.files.set(ledger.rows[0]!.temporaryName, Buffer.from(content)); // as if the rename had never reached the server
    sftp.files.set(NAME, theirs);

    await expect(deliver(2)).rejects.toMatchObject({ code: 'remoteNameTaken' });

    expect([[...sftp.files], states()]).toEqual([[[NAME, theirs]], ['failed']]);
  });
});

it('does not take a file of another size for ours after a rename without an answer', async () => {
  const { sftp, deliver, states } = deliveryBench();
  sftp.loseReplyTo('rename');
  await deliver().catch(() => undefined);
  sftp.files.set(NAME, Buffer.from('theirs'));

  await expect(deliver(2)).rejects.toMatchObject({ code: 'deliveryUnknown' });

  expect(states()).toEqual(['unknown']);
});

it('calls a rename without an answer not failed, whatever else the connection still answers', async () => {
  const { sftp, deliver, states } = deliveryBench();
  sftp.refuse('rename', new TemporaryFailure('sftpUnreachable', 'no answer came in time'));

  await expect(deliver()).rejects.toMatchObject({ code: 'sftpUnreachable' });
  expect(states()).toEqual(['renaming']);
  sftp.allow('rename');
  await deliver(2);

  expect([[...sftp.files.keys()], states()]).toEqual([[NAME], ['delivered']]);
});

it('finds a rename done that the server refuses because it was done before', async () => {
  const { sftp, ledger, deliver, states } = deliveryBench();
  const beginRename = ledger.beginRename.bind(ledger);
  ledger.beginRename = async (lease, delivery) => {
    await beginRename(lease, delivery);
    sftp.files.set(NAME, sftp.files.get(delivery.temporaryName)!);
    sftp.files.delete(delivery.temporaryName); // a proxy has sent the same rename a moment before
  };

  await deliver();

  expect([[...sftp.files], states()]).toEqual([[[NAME, Buffer.from(content)]], ['delivered']]);
});

it('keeps what is uploaded while nobody knows whether `renaming` was committed, and renames it then', async () => {
  const { sftp, ledger, deliver, states } = deliveryBench();
  const beginRename = ledger.beginRename.bind(ledger);
  ledger.beginRename = async (lease, delivery) => {
    await beginRename(lease, delivery);
    throw new TemporaryFailure('databaseUnavailable', 'the answer to the commit was lost');
  };

  await expect(deliver()).rejects.toMatchObject({ code: 'databaseUnavailable' });
  expect([...sftp.files.keys()]).toEqual([ledger.rows[0]!.temporaryName]);
  await deliver(2);

  expect([[...sftp.files.keys()], states()]).toEqual([[NAME], ['delivered']]);
});

it('fails for good, and clears away, when the server refuses the rename in words', async () => {
  const { sftp, deliver, states } = deliveryBench();
  sftp.refuse('rename');

  await expect(deliver()).rejects.toMatchObject({ code: 'renameRefused' });

  expect([sftp.files.size, states()]).toEqual([0, ['failed']]);
});

it('never mixes two runs that want the same name on the same server at the same moment', async () => {
  const theirs = content.replace('+14155550101', '+14155550199'); // of the same size
  await writeFile(join(directory, 'theirs'), theirs);
  const one = deliveryBench();
  const other = deliveryBench({ sftp: one.sftp, runId: 'CR-2', file: 'theirs', bytes: theirs });

  const beginRename = one.ledger.beginRename.bind(one.ledger);
  one.ledger.beginRename = async (lease, delivery) => {
    await other.deliver(); // the other one is quicker by a moment
    return beginRename(lease, delivery);
  };

  await expect(one.deliver()).rejects.toMatchObject({ code: 'renameRefused' });

  expect([one.states(), other.states()]).toEqual([['failed'], ['delivered']]);
  expect([...one.sftp.files]).toEqual([[NAME, Buffer.from(theirs)]]);
});

it('renames nothing once a cancel was asked for, and leaves nothing behind', async () => {
  const { sftp, ledger, deliver, renames } = deliveryBench();
  ledger.cancelIsAsked = true;

  await expect(deliver()).rejects.toBeInstanceOf(CancelAsked);

  expect([renames(), sftp.files.size]).toEqual([[], 0]);
});

it('clears away what a try has left whose end could not reach the server', async () => {
  const { sftp, ledger, deliver } = deliveryBench();
  sftp.cutAfter(10);
  await deliver().catch(() => undefined);
  ledger.rows[0]!.state = 'failed'; // its run ended, and was retried

  await deliver(2);

  expect([...sftp.files.keys()]).toEqual([NAME]);
});

it('renames nothing in an attempt that was superseded', async () => {
  const { ledger, deliver, renames } = deliveryBench();
  ledger.currentAttempt = 2;

  await expect(deliver(1)).rejects.toBeInstanceOf(LeaseLost);

  expect(renames()).toEqual([]);
});
