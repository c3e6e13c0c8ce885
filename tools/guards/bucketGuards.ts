import { type Guard } from './guard.ts';

const sealOnce = 'libs/adapters/src/s3/sealOnce.ts';
const readS3File = 'libs/adapters/src/s3/readS3File.ts';
const faults = ['libs/adapters/src/s3Faults.integration.test.ts'];

/** What sees to it that a file is whole, and stays as it was sealed, in a bucket and on a disk. */
export const bucketGuards: Guard[] = [
  {
    name: 'no file is written where one is, in a bucket',
    why: 'a slow attempt would replace what a later step has read',
    file: sealOnce,
    find: `await write(condition ? { IfNoneMatch: '*' } : {});`,
    replace: 'await write({});',
    tests: ['libs/adapters/src/s3FileStore.integration.test.ts', ...faults],
  },
  {
    name: 'a seal whose answer was lost is looked up',
    why: 'a file that is there would be taken for one of somebody else',
    file: sealOnce,
    find: 'return found === mark;',
    replace: 'return false;',
    tests: faults,
  },
  {
    name: 'the file of another is told from ours',
    why: 'an attempt would take the file of another one for what it has written',
    file: sealOnce,
    find: 'if (found !== undefined && found !== mark) throw fileSealed(key);\n  return found === mark;',
    replace: 'return found !== undefined;',
    tests: faults,
  },
  {
    name: 'reading goes on in the very same file',
    why: 'a list would be begun with one file and ended with another',
    file: readS3File,
    find: '...sameAs(first), start: at',
    replace: 'start: at',
    tests: faults,
  },
  {
    name: 'a body that ends early is no end',
    why: 'a file would be shorter than it was sealed',
    file: readS3File,
    find: `if (at < end) throw Object.assign(new Error('ended early'), { code: 'endedEarly' });`,
    replace: 'return;',
    tests: faults,
  },
  {
    name: 'a range that was left aside is refused',
    why: 'the beginning of a file would pass for its middle',
    file: readS3File,
    find: 'if (Number(from) === start) return;',
    replace: 'if (Number(from) >= 0) return;',
    tests: faults,
  },
  {
    name: 'a local copy is as it was sealed',
    why: 'other bytes would be uploaded than were exported',
    file: 'libs/adapters/src/s3FileStore.ts',
    find: 'if (!isWhole) throw',
    replace: 'if (copiedBytes < 0) throw',
    tests: faults,
  },
  {
    name: 'no file is begun on a disk that is nearly full',
    why: 'an export would fill the disk and take the logs of the host along',
    file: 'libs/adapters/src/files/newLocalFile.ts',
    find: 'if (bavail * bsize < keepFreeBytes)',
    replace: 'if (bavail < 0)',
    tests: ['libs/adapters/src/localFileStore.integration.test.ts'],
  },
  {
    name: 'another place is not taken for the file store',
    why: 'where a disk is not mounted all files would pass for removed, and runs would fail for good',
    file: 'libs/adapters/src/files/storeRoot.ts',
    find: 'if (id === undefined || id !== (known ?? id))',
    replace: 'if (id === undefined)',
    tests: ['libs/adapters/src/localFileStore.integration.test.ts'],
  },
  {
    name: 'a store that is away has removed nothing',
    why: 'files of borrowers would be called removed, and lie there for ever',
    file: 'libs/adapters/src/localFileStore.ts',
    find: '    await root.require();\n    const result = await work();\n    await root.require();',
    replace: '    const result = await work();',
    tests: ['libs/adapters/src/localFileStore.integration.test.ts'],
  },
];
