import { refuseWebhookSecret } from '@muster/adapters/webhook/refuseWebhookSecret';
import { zone } from '@muster/core/directoryFields';
import {
  flag,
  integer,
  nested,
  type Notes,
  oneOf,
  partOf,
  pattern,
  raw,
  type Refusal,
  text,
} from '@muster/core/fields';
import { type RulePackName, rulePackNames } from '@muster/core/rulePacks/rulePack';
import { MASK } from '../campaigns/dto.ts';
import { ReadOnlyFields } from '../readOnlyFields.ts';
import { settingNotes } from './settingNotes.ts';

const optional = { optional: true } as const;
const clearable = { optional: true, nullable: true } as const;
const MOST_STATES = 60;

/** A time of day: `05:00`. */
export const timeOfDay = (notes: Notes = {}) =>
  pattern(/^([01]\d|2[0-3]):[0-5]\d$/, { ...notes, message: 'must be a time of day, HH:MM' });

/** Rule packs by the two letters of a state. */
export const packsByState = (notes: Notes = {}) =>
  raw(
    {
      type: 'object',
      maxProperties: MOST_STATES,
      propertyNames: { pattern: '^[A-Z]{2}$' },
      additionalProperties: { type: 'string', enum: rulePackNames },
    },
    { ...notes, rule: refusePacks, example: { MA: 'massachusetts' } },
  );

/** A limit of a channel: messages a minute. */
export const perMinute = (notes: Notes = {}) =>
  integer({
    description: 'Messages a minute; null: no limit of its own',
    example: 60,
    ...notes,
    min: 1,
    max: 1_000_000,
  });

/** Part of a day by the clock on the wall. */
export class DailyWindow {
  @timeOfDay({ description: 'By the company’s clock, inclusive', example: '05:00' }) from!: string;
  @timeOfDay({ description: 'Later than `from`, exclusive', example: '08:00' }) to!: string;
}

class Callee {
  @text({ ...settingNotes.url, min: 1, max: 2_000 }) url!: string;
  @text({ ...clearable, min: 1, max: 1_000, description: 'Signs what is sent; answered only as a mask', example: null })
  secret?: string | null;
}

class Webhook {
  @text({ ...settingNotes.url, min: 1, max: 2_000 }) url!: string;
  @text({ ...clearable, ...settingNotes.webhookSecret, min: 1, max: 1_000, rule: refuseSecret }) secret?: string | null;
}

class Gateways {
  @nested(() => Callee, { ...clearable, ...settingNotes.textGateway, merge: true }) text?: CalleeBody | null;
  @nested(() => Callee, { ...clearable, ...settingNotes.gateway, merge: true }) mail?: CalleeBody | null;
  @nested(() => Callee, { ...clearable, ...settingNotes.paymentGateway, merge: true }) payment?: CalleeBody | null;
}

/** What the company says of its texts, in the SMS API. */
export class SmsSettingsBody {
  @zone(settingNotes.smsTimeZone) timeZone!: string;
  @flag(settingNotes.requireMd5) requireMd5!: boolean;
  @flag(settingNotes.isobroMember) isobroMember!: boolean;
}

class RateLimits {
  @perMinute(clearable) email?: number | null;
  @perMinute(clearable) text?: number | null;
  @perMinute(clearable) mail?: number | null;
}

const FILES_KEPT =
  'Files of runs since their end, of refused rows since that of their bulk load, others since they were put';

/** What is kept, and for how many days. */
export class Retention {
  @integer({ min: 1, max: 3_650, description: FILES_KEPT, example: 30 })
  files!: number;
  @integer({ min: 7, max: 3_650, description: 'Words of texts, since they were handled or sent', example: 365 })
  texts!: number;
}

/** The body of `PUT /companies/{companyId}`: absent leaves, null clears, in what is nested as well. */
export class UpdateCompany extends ReadOnlyFields {
  @text({ ...optional, ...settingNotes.name, min: 1, max: 200 }) name?: string;
  @zone({ ...optional, ...settingNotes.timeZone }) timeZone?: string;
  @nested(() => partOf(DailyWindow), { ...optional, ...settingNotes.dispatchWindow })
  dispatchWindow?: Partial<DailyWindow>;
  @nested(() => partOf(DailyWindow), { ...optional, ...settingNotes.sendWindow }) sendWindow?: Partial<DailyWindow>;
  @timeOfDay({ ...optional, ...settingNotes.catchUpUntil }) catchUpUntil?: string;
  @integer({ ...optional, ...settingNotes.screeningMaxAgeMinutes, min: 1, max: 1_440 }) screeningMaxAgeMinutes?: number;
  @integer({ ...optional, ...settingNotes.reservationHours, min: 1, max: 8_760 }) reservationHours?: number;
  @oneOf(rulePackNames, { ...optional, ...settingNotes.rulePack }) rulePack?: RulePackName;
  @packsByState({ ...clearable, ...settingNotes.rulePacksByState }) rulePacksByState?: Record<
    string,
    RulePackName
  > | null;
  @text({ ...clearable, ...settingNotes.complianceGuardUrl, min: 1, max: 2_000 }) complianceGuardUrl?: string | null;
  @nested(() => partOf(Gateways), { ...clearable, ...settingNotes.gateways }) gateways?: Gateways | null;
  @nested(() => RateLimits, { ...clearable, ...settingNotes.rateLimits }) rateLimits?: RateLimits | null;
  @nested(() => partOf(Webhook), { ...clearable, ...settingNotes.alertWebhook }) alertWebhook?: CalleeBody | null;
  @nested(() => partOf(Webhook), { ...clearable, ...settingNotes.smsWebhook }) smsWebhook?: CalleeBody | null;
  @flag({ ...optional, ...settingNotes.requireScreening }) requireScreening?: boolean;
  @nested(() => partOf(SmsSettingsBody), { ...optional, ...settingNotes.sms }) sms?: Partial<SmsSettingsBody>;
  @nested(() => partOf(Retention), { ...optional, ...settingNotes.retentionDays }) retentionDays?: Partial<Retention>;
}

/** What a called address is asked to become. */
export type CalleeBody = Partial<Callee>;

function refuseSecret(value: string): Refusal | undefined {
  return value === MASK ? undefined : refuseWebhookSecret(value);
}

function refusePacks(value: unknown): Refusal | undefined {
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
  const isFine = entries?.every(
    ([state, pack]) => /^[A-Z]{2}$/.test(state) && (rulePackNames as readonly unknown[]).includes(pack),
  );
  if (entries && isFine && entries.length <= MOST_STATES) return undefined;
  const message = `must be an object of the two letters of states, each with one of ${rulePackNames.join(', ')}`;
  return { code: 'notRulePacks', message };
}
