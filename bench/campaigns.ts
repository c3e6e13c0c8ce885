import { inLanes } from '@muster/core/inLanes';
import { type Company } from './borrowers.ts';
import { type House } from './house.ts';

const AT_ONCE = 8;

/** The columns that the script prints, too, for calls about a debt. */
export const exporter = {
  contactMatchingCriteria: { contactType: ['phone' as const] },
  columnSettings: ['person.displayId', 'contact.value', 'person.name.firstName', 'person.name.lastName'].map(
    (field) => ({ field }),
  ),
  checkCanInteractData: { theme: 'opsCollDebt' as const, isAutodialed: false },
};

/** A campaign, and whose it is. */
export interface Campaign extends Company {
  campaignId: string;
  /** The query in Redash that it asks. */
  queryId: number;
}

/** Makes campaigns of a company through the API, each with a result of Redash (`queryId`), screened, and delivered by SFTP. */
export async function addCampaigns(
  house: House,
  company: Company,
  queryIds: [number, ...number[]],
): Promise<[Campaign, ...Campaign[]]> {
  const { redash, sshd } = house.bench.servers;
  const contactExporterId = await create(house, company, {
    path: '/campaign-workers/contact-exporters',
    body: exporter,
  });
  const sftpSettings = {
    ...{ host: `${sshd.host}:${sshd.port}`, username: sshd.username, privateKey: sshd.privateKey },
    hostKeyFingerprint: sshd.hostKeyFingerprint,
  };
  const campaigns: Campaign[] = [];
  await inLanes(queryIds, AT_ONCE, async (queryId) => {
    const redashQueryUrl = `${redash.url}/queries/${queryId}`;
    const body = { redashQueryUrl, redashApiKey: 'key-of-a-user', contactExporterId, sftpSettings };
    campaigns.push({ ...company, queryId, campaignId: await create(house, company, { path: '/campaigns', body }) });
  });
  return campaigns as [Campaign, ...Campaign[]];
}

/** Starts a run of a campaign; gives its id. */
export async function startRun(house: House, { campaignId, ...company }: Campaign): Promise<string> {
  return create(house, company, { path: `/campaigns/${campaignId}/runs`, body: {} });
}

async function create({ url }: House, { apiKey }: Company, { path, body }: { path: string; body: object }) {
  const response = await fetch(`${url}/api${path}`, {
    method: 'POST',
    headers: { 'X-API-KEY': apiKey, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { id?: string; data?: { id: string } };
  const id = answer.data?.id ?? answer.id;
  if (!response.ok || id === undefined) throw new Error(`POST ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return id;
}
