import { InvalidInput } from './errors.ts';
import { readFileStoreUrl } from './fileStoreUrl.ts';

describe('readFileStoreUrl', () => {
  it('takes an absolute file URL, with blanks written as %20', () => {
    expect(readFileStoreUrl('file:///var/lib/muster%20files')).toEqual({
      kind: 'directory',
      path: '/var/lib/muster files',
    });
  });

  it('takes a bucket of Amazon, whose region may stand elsewhere', () => {
    expect(readFileStoreUrl('s3://lender-files')).toEqual({
      kind: 's3',
      bucket: 'lender-files',
      prefix: '',
      pathStyle: false,
    });
    expect(readFileStoreUrl('s3://lender-files/muster/prod/?region=eu-central-1')).toMatchObject({
      prefix: 'muster/prod/',
      region: 'eu-central-1',
    });
  });

  it('takes a server of ones own, which finds the bucket in the path unless told otherwise', () => {
    const url = 's3://files/prefix?endpoint=http://127.0.0.1:9000';

    expect(readFileStoreUrl(url)).toEqual({
      kind: 's3',
      bucket: 'files',
      prefix: 'prefix/',
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:9000',
      pathStyle: true,
    });
    expect(readFileStoreUrl(`${url}&pathStyle=false&region=home`)).toMatchObject({ pathStyle: false, region: 'home' });
  });

  it.each([
    ['file://relative/path', 'absolute path'],
    ['/var/lib/muster', 'must begin with file:/// or s3://'],
    ['https://files.test', 'must begin with file:/// or s3://'],
    ['', 'must begin with file:/// or s3://'],
    ['s3:///prefix', 'must name a bucket'],
    ['s3://Upper/prefix', 'must name a bucket'],
    ['s3://a/prefix', 'must name a bucket'],
    ['s3://bucket:9000/prefix', 'must name a bucket'],
    ['s3://[bucket/prefix', 'must look like s3://bucket/prefix'],
    ['s3://id:secret@bucket/prefix', 'AWS_ACCESS_KEY_ID'],
    ['s3://bucket/a//b', 'prefix'],
    ['s3://bucket/a b', 'prefix'],
    ['s3://bucket/a%2fb', 'prefix'],
    ['s3://bucket/1/2/3/4/5/6/7/8/9/10/11', 'prefix'],
    ['s3://bucket/prefix?regoin=eu-central-1', 'endpoint, region, pathStyle'],
    ['s3://bucket/prefix?region=a&region=b', 'each once'],
    ['s3://bucket/prefix#x', 'nothing else'],
    ['s3://bucket/prefix?region=Europe', 'region such as eu-central-1'],
    ['s3://bucket/prefix?endpoint=files.test:9000', 'endpoint such as'],
    ['s3://bucket/prefix?endpoint=https://files.test/path', 'without path'],
    ['s3://bucket/prefix?endpoint=https://id:secret@files.test', 'credentials'],
    ['s3://bucket/prefix?endpoint=', 'endpoint such as'],
    ['s3://bucket/prefix?pathStyle=yes', 'pathStyle=true'],
  ])('refuses %j and says what to write instead', (url, words) => {
    const read = () => readFileStoreUrl(url);

    expect(read).toThrow(InvalidInput);
    expect(read).toThrow(`FILE_STORE_URL: `);
    expect(read).toThrow(words);
  });

  it('never repeats what it refuses: there may be a secret in it', () => {
    expect(() => readFileStoreUrl('s3://id:canary@bucket/prefix')).not.toThrow(/canary/);
  });
});
