import { type Company } from './prepareCompany.ts';
import { type DemoRun } from './demoRun.ts';

interface World {
  apiUrl: string;
  company: Company;
  campaignId: string;
  run: DemoRun;
  redash: { url: string; apiKey: string };
  sftp: { host: string; port: number; username: string; password: string; directory: string };
  /** Where the SMS API is, and what its gateways have sent and charged. */
  texts: { smsUrl: string; sentUrl: string; chargedUrl: string };
}

/** What `.demo/demo.json` tells: where everything is, and the keys. `files` are names in the SFTP server's directory. */
export function factsOf({ apiUrl, company, campaignId, run, redash, sftp, texts }: World) {
  const delivered = run.deliveries.filter(({ state }) => state === 'delivered');
  return {
    apiUrl,
    apiKey: company.apiKey,
    companyId: company.companyId,
    campaignId,
    runId: run.id,
    redashUrl: redash.url,
    redashApiKey: redash.apiKey,
    sftp,
    ...texts,
    smsApiKey: company.smsApiKey,
    carrierApiKey: company.carrierApiKey,
    files: delivered.map(({ remoteName }) => remoteName),
  };
}
