import { zone } from '@muster/core/directoryFields';
import { flag, instant, integer, nested, oneOf, text } from '@muster/core/fields';
import { type RulePackName, rulePackNames } from '@muster/core/rulePacks/rulePack';
import { type Caller } from '@muster/db/apiKeys';
import { type CompanyRow, type SealedCallee } from '@muster/db/companySettings';
import { smsDefaults } from '@muster/messaging/smsCampaign';
import { MASK } from '../campaigns/dto.ts';
import { DailyWindow, packsByState, perMinute, Retention, SmsSettingsBody, timeOfDay } from './dto.ts';
import { maskUrl } from './maskUrl.ts';
import { settingNotes } from './settingNotes.ts';

const nullable = { nullable: true } as const;

class CalleeAnswer {
  @text({ ...settingNotes.url, max: 2_000 }) url!: string;
  @text({ ...nullable, description: `${MASK} where one is stored, else null`, example: MASK }) secret!: string | null;
}

class GatewaysAnswer {
  @nested(() => CalleeAnswer, { ...nullable, ...settingNotes.textGateway }) text!: CalleeAnswer | null;
  @nested(() => CalleeAnswer, { ...nullable, ...settingNotes.gateway }) mail!: CalleeAnswer | null;
  @nested(() => CalleeAnswer, { ...nullable, ...settingNotes.paymentGateway }) payment!: CalleeAnswer | null;
}

class RateLimitsAnswer {
  @perMinute(nullable) email!: number | null;
  @perMinute(nullable) text!: number | null;
  @perMinute(nullable) mail!: number | null;
}

/** A company as it is answered: of a secret, only whether it is set. */
export class CompanyAnswer {
  @text({ description: 'Of the form CP-AAAA-AAAA', example: 'CP-7K2M-Q9TX' }) id!: string;
  @oneOf(['company']) object!: string;
  @text({ ...settingNotes.name, max: 200 }) name!: string;
  @zone(settingNotes.timeZone) timeZone!: string;
  @nested(() => DailyWindow, settingNotes.dispatchWindow) dispatchWindow!: DailyWindow;
  @nested(() => DailyWindow, settingNotes.sendWindow) sendWindow!: DailyWindow;
  @timeOfDay(settingNotes.catchUpUntil) catchUpUntil!: string;
  @integer({ ...settingNotes.screeningMaxAgeMinutes, min: 1 }) screeningMaxAgeMinutes!: number;
  @integer({ ...settingNotes.reservationHours, min: 1 }) reservationHours!: number;
  @oneOf(rulePackNames, settingNotes.rulePack) rulePack!: RulePackName;
  @packsByState(settingNotes.rulePacksByState) rulePacksByState!: Record<string, RulePackName>;
  @text({ ...nullable, ...settingNotes.complianceGuardUrl, max: 2_000 }) complianceGuardUrl!: string | null;
  @nested(() => GatewaysAnswer, settingNotes.gateways) gateways!: GatewaysAnswer;
  @nested(() => RateLimitsAnswer, settingNotes.rateLimits) rateLimits!: RateLimitsAnswer;
  @nested(() => CalleeAnswer, { ...nullable, ...settingNotes.alertWebhook }) alertWebhook!: CalleeAnswer | null;
  @nested(() => CalleeAnswer, { ...nullable, ...settingNotes.smsWebhook }) smsWebhook!: CalleeAnswer | null;
  @flag(settingNotes.requireScreening) requireScreening!: boolean;
  @nested(() => SmsSettingsBody, settingNotes.sms) sms!: SmsSettingsBody;
  @nested(() => Retention, settingNotes.retentionDays) retentionDays!: Retention;
  @instant({ description: 'When it was made' }) createdAt!: Date;
  @instant({ description: 'When it was last changed' }) updatedAt!: Date;
}

/** A company as it is answered to a caller: the addresses that are called are whole for those only who may write them. */
export function companyView(row: CompanyRow, { scopes }: Pick<Caller, 'scopes'>): CompanyAnswer {
  const shown = scopes.includes('company:write') ? (url: string) => url : maskUrl;
  const { email = null, text: texts = null, mail = null } = row.rateLimits ?? {};
  return {
    id: row.id,
    object: 'company',
    name: row.name,
    timeZone: row.timeZone,
    dispatchWindow: { from: row.dispatchFrom, to: row.dispatchTo },
    sendWindow: { from: row.sendFrom, to: row.sendTo },
    catchUpUntil: row.catchUpUntil,
    screeningMaxAgeMinutes: row.screeningMaxAgeMinutes,
    reservationHours: row.reservationHours,
    rulePack: row.rulePack,
    rulePacksByState: row.rulePacksByState,
    complianceGuardUrl: row.complianceGuardUrl === null ? null : shown(row.complianceGuardUrl),
    gateways: {
      text: calleeView(row.gateways?.text, shown),
      mail: calleeView(row.gateways?.mail, shown),
      payment: calleeView(row.gateways?.payment, shown),
    },
    rateLimits: { email, text: texts, mail },
    alertWebhook: calleeView(row.alertWebhook, shown),
    smsWebhook: calleeView(row.smsWebhook, shown),
    requireScreening: row.requireScreening,
    sms: { ...smsDefaults, ...row.sms },
    retentionDays: row.retentionDays,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

function calleeView(callee: SealedCallee | null | undefined, shown: (url: string) => string): CalleeAnswer | null {
  return callee ? { url: shown(callee.url), secret: callee.secret === null ? null : MASK } : null;
}
