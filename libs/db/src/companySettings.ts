import { Conflict, NotFound } from '@muster/core/errors';
import { type RulePackName } from '@muster/core/rulePacks/rulePack';
import { type SealedColumns, type SecretPlace } from '@muster/core/secretBox';
import { type SmsSettings } from '@muster/messaging/smsCampaign';
import { type CompanyDatabase } from './openDatabase.ts';
import { rescheduleCampaigns } from './rescheduleCampaigns.ts';
import { postAnew } from './sms/postAnew.ts';
import { tellAnew } from './tellAnew.ts';

/** An address that we call, with the secret that signs the calls: sealed, null where there is none. */
export interface SealedCallee {
  url: string;
  secret: string | null;
}

export const gatewayChannels = ['text', 'mail', 'payment'] as const;
/** What has a gateway of HTTP: channels, and payments. */
export type GatewayChannel = (typeof gatewayChannels)[number];

/** The settings of a company, as they are stored. */
export interface CompanySettings {
  name: string;
  /** IANA. */
  timeZone: string;
  dispatchFrom: string;
  dispatchTo: string;
  catchUpUntil: string;
  sendFrom: string;
  sendTo: string;
  screeningMaxAgeMinutes: number;
  reservationHours: number;
  rulePack: RulePackName;
  rulePacksByState: Record<string, RulePackName>;
  complianceGuardUrl: string | null;
  gateways: Partial<Record<GatewayChannel, SealedCallee>> | null;
  /** Messages a minute, by channel; read, also what the operator has set, such as `requestsPerMinute`. */
  rateLimits: Record<string, number> | null;
  alertWebhook: SealedCallee | null;
  /** What is told of texts that came in; its secret signs callbacks, too. */
  smsWebhook: SealedCallee | null;
  requireScreening: boolean;
  /** What the company has said of its texts; the rest is as `smsDefaults` has it. */
  sms: Partial<SmsSettings>;
  /** By what is kept. */
  retentionDays: { files: number; texts: number };
}

export interface CompanyRow extends CompanySettings {
  id: string;
  createdAt: Date;
  updatedAt: Date;
}

const columns: Record<keyof CompanySettings, [name: string, type: string]> = {
  name: ['name', 'text'],
  timeZone: ['time_zone', 'text'],
  dispatchFrom: ['dispatch_from', 'text'],
  dispatchTo: ['dispatch_to', 'text'],
  catchUpUntil: ['catch_up_until', 'text'],
  sendFrom: ['send_from', 'text'],
  sendTo: ['send_to', 'text'],
  screeningMaxAgeMinutes: ['screening_max_age_minutes', 'int'],
  reservationHours: ['reservation_hours', 'int'],
  rulePack: ['rule_pack', 'text'],
  rulePacksByState: ['rule_packs_by_state', 'jsonb'],
  complianceGuardUrl: ['compliance_guard_url', 'text'],
  gateways: ['gateways', 'jsonb'],
  rateLimits: ['rate_limits', 'jsonb'],
  alertWebhook: ['alert_webhook', 'jsonb'],
  smsWebhook: ['sms_webhook', 'jsonb'],
  requireScreening: ['require_screening', 'boolean'],
  sms: ['sms', 'jsonb'],
  retentionDays: ['retention_days', 'jsonb'],
};
const ownLimitNames: readonly string[] = ['email', 'text', 'mail'];
const MOST_NAMED = 20;

/** Where a secret of a company is sealed to. */
export function companySecretPlace(companyId: string, callee: SealedColumns['company']): SecretPlace {
  return { companyId, table: 'company', column: callee, recordId: companyId };
}

/** Reads the company; with `lock`, kept from other changes for the rest of the transaction. Throws NotFound `companyNotFound`. */
export async function readCompany(db: CompanyDatabase, { lock = false } = {}): Promise<CompanyRow> {
  const list = Object.entries(columns).map(([property, [name]]) => `${name} as "${property}"`);
  const [row] = await db.query<CompanyRow>(
    `select id, created_at as "createdAt", updated_at as "updatedAt", ${list.join(', ')} from company where id = $1
     ${lock ? 'for no key update' : ''}`,
    [db.companyId],
  );
  if (!row) throw new NotFound('companyNotFound', 'there is no such company');
  return row;
}

/**
 * Changes the company, which must be locked. When the change moves its campaigns, what was due before is recorded first,
 * and all of them are due by the new settings when it is committed. Throws Conflict `exportersUnscreened`.
 */
export async function changeCompany(tx: CompanyDatabase, stored: CompanyRow, change: Partial<CompanySettings>) {
  if (change.requireScreening && !stored.requireScreening) await refuseUnscreened(tx);
  if (isOther(stored.alertWebhook, change.alertWebhook)) await tellAnew(tx);
  if (isOther(stored.smsWebhook, change.smsWebhook)) await postAnew(tx);
  const timing = ['timeZone', 'dispatchFrom', 'dispatchTo', 'catchUpUntil'] as const;
  const moves = timing.some((name) => change[name] !== undefined && change[name] !== stored[name]);
  if (!moves) return writeCompany(tx, change);
  // those without a schedule, too: one that is given a schedule meanwhile must be given it by the new settings
  const campaigns = await tx.query<{ id: string }>(
    'select id from campaign where company_id = $1 and deleted_at is null',
    [tx.companyId],
  );
  await rescheduleCampaigns(
    tx,
    campaigns.map(({ id }) => id),
    () => writeCompany(tx, change),
  );
}

function isOther(before: SealedCallee | null, now: SealedCallee | null | undefined): boolean {
  return now != null && (before?.url !== now.url || before.secret !== now.secret);
}

async function writeCompany(tx: CompanyDatabase, change: Partial<CompanySettings>): Promise<void> {
  const given = Object.entries(change).map(([property, value]) => {
    const [name, type] = columns[property as keyof CompanySettings];
    const kept = property === 'rateLimits' ? ownLimits(value as CompanySettings['rateLimits']) : value;
    return { name, type, value: type === 'jsonb' && kept !== null ? JSON.stringify(kept) : kept };
  });
  if (given.length === 0) return;
  const names = given.map(({ name }) => name).join(', ');
  const places = given.map(({ name, type }, at) => placeOf(name, `$${at + 2}::${type}`)).join(', ');
  await tx.execute(
    `update company set (${names}, updated_at) = row (${places}, now())
     where id = $1 and row (${names}) is distinct from row (${places})`,
    [tx.companyId, ...given.map(({ value }) => value)],
  );
}

/** Beside the company's own limits stand those that the operator has set for it: they are not the company's to change. */
function placeOf(name: string, place: string): string {
  if (name !== 'rate_limits') return place;
  const others = `coalesce(company.rate_limits, '{}') - '{${ownLimitNames.join(',')}}'::text[]`;
  return `nullif(${others} || coalesce(${place}, '{}'), '{}')`;
}

function ownLimits(limits: CompanySettings['rateLimits']) {
  return limits && Object.fromEntries(Object.entries(limits).filter(([name]) => ownLimitNames.includes(name)));
}

/** A company that lets nobody be contacted unscreened has no exporter that does. */
async function refuseUnscreened(tx: CompanyDatabase): Promise<void> {
  const exporters = await tx.query<{ id: string }>(
    `select id from contact_exporter where company_id = $1 and deleted_at is null and check_can_interact_data is null
     order by created_at, id limit ${MOST_NAMED}`,
    [tx.companyId],
  );
  if (exporters.length === 0) return;
  const contactExporterIds = exporters.map(({ id }) => id);
  const message = `these contact exporters do not screen: ${contactExporterIds.join(', ')}; give them checkCanInteractData first`;
  throw new Conflict('exportersUnscreened', message, { details: { field: 'requireScreening', contactExporterIds } });
}
