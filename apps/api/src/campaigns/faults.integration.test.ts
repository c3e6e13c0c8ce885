import { type ApiBench, apiBench, type Call } from '@muster/testing/apiBench';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const path = '/api/campaigns';
const MASK = '********';
const sftpSettings = { host: 'sftp.example.com', username: 'muster', password: 'canary-password' };
const post = (body: object, options: Call = {}) => bench.call('POST', path, { body, ...options });

describe('what is wrong is told at once, whatever check finds it', () => {
  const wrong = {
    ...{ name: '', schedule: '0 9 * * *', bulkSendr: null, redashApiKey: MASK, contactExporterId: 'nope' },
    redashQueryUrl: 'http://x/queries/1',
    sftpSettings: { host: '10.0.0.1', username: 'a', fileNameTemplate: 'x' },
  };
  const told = [
    ...['bulkSendr unknownField', 'contactExporterId contactExporterNotFound', 'name wrongLength'],
    ...['redashApiKey secretRequired', 'redashQueryUrl httpsRequired', 'schedule fixedTime'],
    ...['sftpSettings.fileNameTemplate isFileNameTemplate', 'sftpSettings.host addressForbidden'],
    'sftpSettings.password oneCredential',
  ];

  it('of a new campaign', async () => {
    const { status, faults } = await post(wrong);
    expect({ status, faults: faults.sort() }).toEqual({ status: 400, faults: told });
  });

  it('of a change, of which nothing is stored', async () => {
    const { data } = await post({ name: 'Before' });
    const address = `${path}/${String(data['id'])}`;
    const { status, faults } = await bench.call('PUT', address, { body: { ...wrong, externalId: 'new' } });
    expect({ status, faults: faults.sort() }).toEqual({ status: 400, faults: told });
    expect((await bench.call('GET', address)).data).toEqual(data);
  });

  it('with a key that is unusable', async () => {
    const locked = { host: 'sftp.example.com', username: 'u', privateKey: '-----BEGIN PRIVATE KEY-----\nx\n' };
    expect((await post({ name: '', sftpSettings: locked })).faults).toEqual([
      'name wrongLength',
      'sftpSettings.privateKey keyUnusable',
    ]);
  });

  it('but nothing that rests on a field that is faulty itself', async () => {
    const noKey = { ...{ host: '', username: 'u' }, privateKey: 'no key', passphrase: 'p' };
    expect((await post({ contactExporterId: '', sftpSettings: noKey })).faults.sort()).toEqual([
      'contactExporterId wrongLength',
      'sftpSettings.host wrongLength',
      'sftpSettings.privateKey isPrivateKey',
    ]);
    expect((await post({ sftpSettings: { ...sftpSettings, password: '' } })).faults).toEqual([
      'sftpSettings.password wrongLength',
    ]);
  });

  it('and may be mended with the same Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': 'mended' };
    expect(await post({ name: '' }, { headers })).toMatchObject({ status: 400 });
    expect(await post({ name: 'Mended' }, { headers })).toMatchObject({ status: 200, data: { name: 'Mended' } });
  });

  it('as one that is not there is, where that is all', async () => {
    expect(await post({ contactExporterId: 'nope' })).toMatchObject({
      ...{ status: 404, json: { code: 'contactExporterNotFound' } },
      faults: ['contactExporterId contactExporterNotFound'],
    });
  });
});
