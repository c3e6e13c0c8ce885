import { placeLines } from './placeLines.ts';

it('says where everything is, and leaves keys and passwords to the file', () => {
  const lines = placeLines({
    facts: {
      ...{
        apiUrl: 'http://127.0.0.1:3000/api',
        apiKey: 'mk_secret',
        companyId: 'CP-1',
        campaignId: 'CM-1',
        runId: 'CR-1',
      },
      ...{ redashUrl: 'http://127.0.0.1:5000', redashApiKey: 'redash-secret', files: [] },
      ...{ smsUrl: 'http://127.0.0.1:3000/sms', smsApiKey: 'mk_secret', carrierApiKey: 'mk_secret' },
      ...{ sentUrl: 'http://127.0.0.1:5100/texts', chargedUrl: 'http://127.0.0.1:5100/charges' },
      sftp: { host: '127.0.0.1', port: 2222, username: 'demo', password: 'sftp-secret', directory: '/x/.demo/sftp' },
    },
    databaseUrl: 'postgres://postgres@/muster?host=%2Ftmp%2Fa',
    home: { directory: '/x/.demo', demoJson: '/x/.demo/demo.json', logs: '/x/.demo/logs' },
    cwd: '/x',
  });

  expect(lines).toContain('API        http://127.0.0.1:3000/api');
  expect(lines).toContain('SMS API    http://127.0.0.1:3000/sms');
  expect(lines.at(-1)).toBe('all this, with keys and passwords: .demo/demo.json');
  expect(lines.join('\n')).not.toContain('secret');
});
