import { type Database } from '@muster/core/database';
import { NotFound } from '@muster/core/errors';
import { type RunSettings } from '@muster/pipeline/runSettings';

interface SettingsRow {
  company: RunSettings['company'];
  campaign: RunSettings['campaign'];
  exporter: RunSettings['exporter'];
  sftp: RunSettings['sftp'];
}

/** Copies what a run of this campaign begins with; `hasOverride` is the caller's to say. Throws NotFound `campaignNotFound`. */
export async function readRunSettings(tx: Database, campaignId: string): Promise<Omit<RunSettings, 'hasOverride'>> {
  const [row] = await tx.query<SettingsRow>(
    `select
       jsonb_build_object('id', company.id, 'timeZone', company.time_zone, 'guard', jsonb_build_object(
         'rulePack', company.rule_pack, 'rulePacksByState', company.rule_packs_by_state,
         'reservationHours', company.reservation_hours, 'screeningMaxAgeMinutes', company.screening_max_age_minutes,
         'complianceGuardUrl', company.compliance_guard_url)) as company,
       jsonb_build_object('id', campaign.id, 'externalId', campaign.external_id, 'name', campaign.name,
         'redashQueryUrl', campaign.redash_query_url) as campaign,
       case when exporter.id is not null then jsonb_build_object('id', exporter.id,
         'contactMatchingCriteria', exporter.contact_matching_criteria, 'columnSettings', exporter.column_settings,
         'checkCanInteractData', exporter.check_can_interact_data) end as exporter,
       campaign.sftp_settings as sftp
     from campaign
     join company on company.id = campaign.company_id
     left join contact_exporter exporter on exporter.id = campaign.contact_exporter_id
     where campaign.id = $1 and campaign.deleted_at is null`,
    [campaignId],
  );
  if (!row) throw new NotFound('campaignNotFound', `there is no campaign ${campaignId}`);
  return row;
}
