import { ApiRefusal, type Api } from './callApi.ts';

/** Where the demo's campaign finds its rows, and where its file goes. */
export interface Surroundings {
  redashQueryUrl: string;
  redashApiKey: string;
  sftpSettings: { host: string; username: string; password: string; hostKeyFingerprint: string };
}

interface Created {
  data: { id: string };
}

const exporter = {
  contactMatchingCriteria: { contactType: ['phone'], affiliation: ['self'], status: ['primary', 'secondary'] },
  columnSettings: [
    { field: 'contact.value', outputName: 'phone' },
    { field: 'contact.label', outputName: 'label' },
    { field: 'person.name.firstName', outputName: 'first_name' },
    { field: 'person.name.lastName', outputName: 'last_name' },
    { field: 'loan.id', outputName: 'loan' },
    { field: 'query.days_past_due', outputName: 'days_past_due' },
  ],
  checkCanInteractData: { theme: 'opsCollDebt', isAutodialed: true },
};

/** Creates the demo's exporter and campaign, or brings those of an earlier start up to date; gives the campaign's id. */
export async function prepareCampaign(api: Api, surroundings: Surroundings): Promise<string> {
  const contactExporterId = await put(api, '/campaign-workers/contact-exporters', {
    externalId: 'demo-phones',
    ...exporter,
  });
  return put(api, '/campaigns', {
    externalId: 'demo-past-due',
    name: '30 or more days past due',
    schedule: 'P P * * 1-5',
    contactExporterId,
    ...surroundings,
  });
}

async function put(
  api: Api,
  collection: string,
  object: Record<string, unknown> & { externalId: string },
): Promise<string> {
  try {
    const { data } = await api.send<Created>('PUT', `${collection}/ext-${object.externalId}`, object);
    return data.id;
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.status !== 404) throw error;
    const { data } = await api.send<Created>('POST', collection, object);
    return data.id;
  }
}
