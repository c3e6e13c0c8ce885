import { zone } from '@muster/core/directoryFields';
import { flag, instant, integer, nested, oneOf, text } from '@muster/core/fields';
import { type RulePack, rulePacks } from '@muster/core/rulePacks';
import { type Caller } from '@muster/db/apiKeys';
import { type CompanyRow, type SealedCallee } from '@muster/db/companySettings';
import { MASK } from '../campaigns/dto.ts';
import { DailyWindow, packsByState, perMinute, Retention, timeOfDay } from './dto.ts';
import { maskUrl } from './maskUrl.ts';

const nullable = { nullable: true } as const;

class CalleeAnswer {
  @text({ max: 2_000 }) url!: string;
  @text({ ...nullable, description: `${MASK} where one is stored, else null` }) secret!: string | null;
}

class GatewaysAnswer {
  @nested(() => CalleeAnswer, nullable) text!: CalleeAnswer | null;
  @nested(() => CalleeAnswer, nullable) mail!: CalleeAnswer | null;
}

class RateLimitsAnswer {
  @perMinute(nullable) email!: number | null;
  @perMinute(nullable) text!: number | null;
  @perMinute(nullable) mail!: number | null;
}

/** A company as it is answered: of a secret, only whether it is set. */
export class CompanyAnswer {
  @text() id!: string;
  @text({ description: 'The kind of object' }) object!: string;
  @text({ max: 200 }) name!: string;
  @zone() timeZone!: string;
  @nested(() => DailyWindow, { description: 'Within it the scheduled campaigns begin' }) dispatchWindow!: DailyWindow;
  @nested(() => DailyWindow, { description: 'Within it messages go out' }) sendWindow!: DailyWindow;
  @timeOfDay({ description: 'Until then a slot that was missed that day is still run' }) catchUpUntil!: string;
  @integer({ min: 1, description: 'Contacts that were screened earlier are screened anew before they are delivered' })
  screeningMaxAgeMinutes!: number;
  @integer({ min: 1, description: 'For how long what was handed over counts as an attempt' }) reservationHours!: number;
  @oneOf(rulePacks) rulePack!: RulePack;
  @packsByState({ description: 'By the state of the contact, in place of `rulePack`' })
  rulePacksByState!: Record<string, RulePack>;
  @text({ ...nullable, max: 2_000, description: 'A guard that must allow each contact, beside our own' })
  complianceGuardUrl!: string | null;
  @nested(() => GatewaysAnswer) gateways!: GatewaysAnswer;
  @nested(() => RateLimitsAnswer) rateLimits!: RateLimitsAnswer;
  @nested(() => CalleeAnswer, nullable) alertWebhook!: CalleeAnswer | null;
  @flag({ description: 'Whether nobody may be contacted unscreened' }) requireScreening!: boolean;
  @nested(() => Retention) retentionDays!: Retention;
  @instant() createdAt!: Date;
  @instant() updatedAt!: Date;
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
    gateways: { text: calleeView(row.gateways?.text, shown), mail: calleeView(row.gateways?.mail, shown) },
    rateLimits: { email, text: texts, mail },
    alertWebhook: calleeView(row.alertWebhook, shown),
    requireScreening: row.requireScreening,
    retentionDays: { files: row.retentionDays.files },
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

function calleeView(callee: SealedCallee | null | undefined, shown: (url: string) => string): CalleeAnswer | null {
  return callee ? { url: shown(callee.url), secret: callee.secret === null ? null : MASK } : null;
}
