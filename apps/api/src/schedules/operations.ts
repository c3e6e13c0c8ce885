import { campaigns } from '@muster/db/campaigns';
import { getObject } from '@muster/db/companyObjects';
import { readCampaignSchedule } from '@muster/db/campaignSchedules';
import { listSlots } from '@muster/db/slotViews';
import { pageOf } from '../answer.ts';
import { operation, type Operation } from '../operation.ts';
import { PageQuery, pageRequestOf } from '../queries.ts';
import { ScheduleQuery } from './dto.ts';
import { foreseeFailure } from './foreseeFailure.ts';
import { ScheduleAnswer, scheduleView, SlotAnswer, slotView } from './views.ts';

const tag = 'Campaigns';

/** When a campaign is due, and what came of it when it was. */
export function scheduleOperations(): Operation[] {
  return [previewSchedule, listAll];
}

const previewSchedule = operation({
  ...{ name: 'previewSchedule', summary: 'Preview the schedule of a campaign', tag, methods: ['get'] },
  path: '/campaigns/{campaignId}/schedule',
  description: 'The next due times, by the present schedule, dispatch window and zone.',
  scope: 'campaigns:read',
  query: ScheduleQuery,
  answer: { object: ScheduleAnswer },
  refusals: [404],
  handle: async ({ company, params, query: { count } }) => {
    const campaign = await getObject(company, campaigns, { reference: params.campaignId });
    const schedule = await readCampaignSchedule(company, campaign.id);
    return scheduleView(schedule, { count, now: await company.now(), foreseen: foreseeFailure(campaign) });
  },
});

const listAll = operation({
  ...{ name: 'listSlots', summary: 'List the slots of a campaign', tag, methods: ['get'] },
  path: '/campaigns/{campaignId}/slots',
  description: 'What was due, the newest first: a run, or `missed` or `skipped` with the reason.',
  scope: 'campaigns:read',
  query: PageQuery,
  answer: { page: SlotAnswer },
  refusals: [404],
  handle: async ({ company, params, query }) => {
    const { id } = await getObject(company, campaigns, { reference: params.campaignId, includeDeleted: true });
    return pageOf(await listSlots(company, id, pageRequestOf(query)), slotView);
  },
});
