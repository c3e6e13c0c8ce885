import { type UrlRules } from '@muster/adapters/addressGuard/refuseUrl';
import { checkWindows } from '@muster/core/checkWindows';
import { type SecretBox } from '@muster/core/secretBox';
import { withoutAbsent } from '@muster/core/withoutAbsent';
import { type CompanyRow, companySecretPlace, type CompanySettings, gatewayChannels } from '@muster/db/companySettings';
import { smsDefaults, type SmsSettings } from '@muster/messaging/smsCampaign';
import { type Faults } from '../collectFaults.ts';
import { type UpdateCompany } from './dto.ts';
import { settleCallee } from './settleCallee.ts';
import { settleUrl } from './settleUrl.ts';

/** What the rules ask beyond the body: where the operator lets us go, what seals secrets, and what is known to be wrong. */
interface Outside extends UrlRules {
  box: SecretBox;
  faults: Faults;
}

/**
 * What changes of a company when `body` is applied to what is stored, unless it would break a rule between the fields,
 * which is added to `faults`: windows in their order, and no stored secret for a new place.
 */
export function settleCompany(stored: CompanyRow, body: UpdateCompany, outside: Outside): Partial<CompanySettings> {
  const { faults } = outside;
  const times = timesOf(body);
  const callees = {
    ...webhooksOf(stored, body, outside),
    ...gatewaysOf(stored, body, outside),
  };
  // all of them are asked of what is known so far: one order of times that is wrong hides no other
  const wrongTimes = faultsOfTimes({ ...stored, ...times }).filter(({ field }) => !faults.has(...restsOn(field)));
  wrongTimes.forEach(faults.add);
  const complianceGuardUrl = guardUrlOf(stored, body, outside);
  return {
    ...withoutAbsent({
      name: body.name,
      screeningMaxAgeMinutes: body.screeningMaxAgeMinutes,
      reservationHours: body.reservationHours,
      rulePack: body.rulePack,
      rulePacksByState: body.rulePacksByState === null ? {} : body.rulePacksByState,
      complianceGuardUrl,
      rateLimits: rateLimitsOf(stored, body),
      requireScreening: body.requireScreening,
      sms: body.sms && smsOf(stored, body.sms),
      retentionDays: body.retentionDays && { ...stored.retentionDays, ...withoutAbsent(body.retentionDays) },
    }),
    ...times,
    ...callees,
  };
}

function timesOf({ timeZone, dispatchWindow, sendWindow, catchUpUntil }: UpdateCompany) {
  return withoutAbsent({
    timeZone,
    dispatchFrom: dispatchWindow?.from,
    dispatchTo: dispatchWindow?.to,
    sendFrom: sendWindow?.from,
    sendTo: sendWindow?.to,
    catchUpUntil,
  });
}

function faultsOfTimes({ timeZone, dispatchFrom, dispatchTo, sendFrom, sendTo, catchUpUntil }: CompanySettings) {
  const dispatchWindow = { from: dispatchFrom, to: dispatchTo };
  return checkWindows({ timeZone, dispatchWindow, catchUpUntil, sendWindow: { from: sendFrom, to: sendTo } });
}

/** The other time that one is held against. */
function restsOn(field: string): string[] {
  if (field === 'catchUpUntil') return ['dispatchWindow.to'];
  return field.endsWith('.to') ? [field.replace('.to', '.from')] : [];
}

/** What is as it is by default is not kept: what was read and sent back changes nothing. */
function smsOf({ sms: stored }: CompanyRow, body: NonNullable<UpdateCompany['sms']>): Partial<SmsSettings> {
  const settings = Object.entries({ ...stored, ...withoutAbsent(body) });
  const isOwn = ([name, value]: (typeof settings)[number]) => value !== smsDefaults[name as keyof SmsSettings];
  return Object.fromEntries(settings.filter(isOwn));
}

function rateLimitsOf({ rateLimits: stored }: CompanyRow, { rateLimits: body }: UpdateCompany) {
  if (body == null) return body;
  const limits = Object.entries({ ...stored, ...withoutAbsent(body) }).filter(([, limit]) => limit !== null);
  return limits.length === 0 ? null : (Object.fromEntries(limits) as Record<string, number>);
}

function guardUrlOf(stored: CompanyRow, { complianceGuardUrl: given }: UpdateCompany, outside: Outside) {
  if (given == null) return given;
  const { url, refusal } = settleUrl(stored.complianceGuardUrl, given, outside);
  if (refusal) outside.faults.add({ field: 'complianceGuardUrl', ...refusal });
  return url;
}

function webhooksOf(stored: CompanyRow, body: UpdateCompany, outside: Outside) {
  const webhooks = (['alertWebhook', 'smsWebhook'] as const).flatMap((field) => {
    const given = body[field];
    const place = companySecretPlace(stored.id, field);
    return given === undefined ? [] : [[field, settleCallee(stored[field], given, { ...outside, field, place })]];
  });
  return Object.fromEntries(webhooks) as Partial<Pick<CompanySettings, 'alertWebhook' | 'smsWebhook'>>;
}

function gatewaysOf(stored: CompanyRow, { gateways: body }: UpdateCompany, outside: Outside) {
  if (body == null) return body === null ? { gateways: null } : {};
  const gateways = gatewayChannels.flatMap((channel) => {
    const [before, given] = [stored.gateways?.[channel], body[channel]];
    const field = `gateways.${channel}` as const;
    const place = companySecretPlace(stored.id, field);
    const callee = given === undefined ? before : settleCallee(before, given, { ...outside, field, place });
    return callee ? [[channel, callee]] : [];
  });
  return { gateways: gateways.length === 0 ? null : (Object.fromEntries(gateways) as CompanySettings['gateways']) };
}
