import { campaigns } from '@muster/db/campaigns';
import { getObject } from '@muster/db/companyObjects';
import { type Preview } from '@muster/pipeline/previewCampaign';
import { type ApiDeps } from '../deps.ts';
import { operation, type Operation } from '../operation.ts';
import { inFunnelOrder } from '../runs/funnel.ts';
import { askTask } from './askTask.ts';
import { CheckAnswer, PreviewAnswer } from './views.ts';

const tag = 'Campaigns';

/** What a worker tries out for a campaign while the caller waits. */
export function previewOperations(deps: ApiDeps): Operation[] {
  return [preview(deps), check(deps)];
}

const preview = (deps: ApiDeps) =>
  operation({
    ...{ name: 'previewCampaign', summary: 'Preview a campaign', tag, methods: ['post'] },
    path: '/campaigns/{campaignId}/preview',
    description:
      'Queries, matches and screens as a run would now, and tells the counts and at most 20 masked rows. No file is written, ' +
      'nothing is reserved, uploaded or sent. A worker does it; the answer waits for up to 60 s. Where a run would fail it is ' +
      '409 `previewFailed` with `details: {step, code, message}` of that failure; 503 where trying again may help.',
    scope: 'runs:start',
    answer: { object: PreviewAnswer },
    refusals: [404, 409],
    handle: async ({ company, params, caller, requestId, res }) => {
      const { id: campaignId } = await getObject(company, campaigns, { reference: params.campaignId });
      const task = { kind: 'preview', campaignId, requestedBy: caller.keyId, requestId } as const;
      const { screened, counts, columns, sample } = await askTask<Preview>(deps, { company, task, res });
      return { object: 'campaignPreview', campaignId, screened, counts: inFunnelOrder(counts), columns, sample };
    },
  });

const check = (deps: ApiDeps) =>
  operation({
    ...{ name: 'checkCampaign', summary: 'Check the connections of a campaign', tag, methods: ['post'] },
    path: '/campaigns/{campaignId}/check',
    description:
      'Asks Redash for the query, connects to the SFTP server, where it writes a probe file and removes it, and asks the ' +
      'company’s own compliance guard about nobody (an empty list of checks); each has its own verdict. A worker does it; the ' +
      'answer waits for up to 60 s. The first host key seen is pinned, as a run does.',
    scope: 'campaigns:write',
    answer: { object: CheckAnswer },
    refusals: [404, 409],
    handle: async ({ company, params, caller, requestId, res }) => {
      const { id: campaignId } = await getObject(company, campaigns, { reference: params.campaignId });
      const task = { kind: 'check', campaignId, requestedBy: caller.keyId, requestId } as const;
      const { redash, sftp, complianceGuard } = await askTask<Checked>(deps, { company, task, res });
      const verdicts = { redash: verdict(redash), sftp: verdict(sftp), complianceGuard: verdict(complianceGuard) };
      return { object: 'campaignCheck', campaignId, ...verdicts };
    },
  });

type Checked = Pick<CheckAnswer, 'redash' | 'sftp' | 'complianceGuard'>;

/** In its own order: the database keeps none. */
function verdict<Verdict extends { ok: boolean; code: string | null; message: string | null }>(found: Verdict | null) {
  if (!found) return null;
  const { ok, code, message, ...more } = found;
  return { ok, code, message, ...more };
}
