import { type UrlRules } from '@muster/adapters/addressGuard/refuseUrl';
import { checkWindows } from '@muster/core/checkWindows';
import { type Fault, InvalidInput } from '@muster/core/errors';
import { type SecretBox } from '@muster/core/secretBox';
import { withoutAbsent } from '@muster/core/withoutAbsent';
import { type CompanyRow, companySecretPlace, type CompanySettings } from '@muster/db/companySettings';
import { type UpdateCompany } from './dto.ts';
import { settleCallee } from './settleCallee.ts';
import { settleUrl } from './settleUrl.ts';

/** What the rules ask beyond the body: where the operator lets us go, and what seals secrets. */
interface Outside extends UrlRules {
  box: SecretBox;
}

/**
 * What changes of a company when `body` is applied to what is stored. Throws InvalidInput with every rule between the
 * fields that it would break: windows in their order, and no stored secret for a new place.
 */
export function settleCompany(stored: CompanyRow, body: UpdateCompany, outside: Outside): Partial<CompanySettings> {
  const faults: Fault[] = [];
  const times = timesOf(body);
  const callees = {
    ...alertWebhookOf(stored, body, { ...outside, faults }),
    ...gatewaysOf(stored, body, { ...outside, faults }),
  };
  faults.push(...faultsOfTimes({ ...stored, ...times }));
  const complianceGuardUrl = guardUrlOf(stored, body, { ...outside, faults });
  if (faults.length > 0) throw new InvalidInput(faults);
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

function rateLimitsOf({ rateLimits: stored }: CompanyRow, { rateLimits: body }: UpdateCompany) {
  if (body == null) return body;
  const limits = Object.entries({ ...stored, ...withoutAbsent(body) }).filter(([, limit]) => limit !== null);
  return limits.length === 0 ? null : (Object.fromEntries(limits) as Record<string, number>);
}

interface Collecting extends Outside {
  faults: Fault[];
}

function guardUrlOf(stored: CompanyRow, { complianceGuardUrl: given }: UpdateCompany, collecting: Collecting) {
  if (given == null) return given;
  const { url, refusal } = settleUrl(stored.complianceGuardUrl, given, collecting);
  if (refusal) collecting.faults.push({ field: 'complianceGuardUrl', ...refusal });
  return url;
}

function alertWebhookOf(stored: CompanyRow, { alertWebhook: body }: UpdateCompany, collecting: Collecting) {
  if (body === undefined) return {};
  const place = companySecretPlace(stored.id, 'alertWebhook');
  return { alertWebhook: settleCallee(stored.alertWebhook, body, { ...collecting, field: 'alertWebhook', place }) };
}

function gatewaysOf(stored: CompanyRow, { gateways: body }: UpdateCompany, collecting: Collecting) {
  if (body == null) return body === null ? { gateways: null } : {};
  const gateways = (['text', 'mail'] as const).flatMap((channel) => {
    const [before, given] = [stored.gateways?.[channel], body[channel]];
    const field = `gateways.${channel}` as const;
    const place = companySecretPlace(stored.id, field);
    const callee = given === undefined ? before : settleCallee(before, given, { ...collecting, field, place });
    return callee ? [[channel, callee]] : [];
  });
  return { gateways: gateways.length === 0 ? null : (Object.fromEntries(gateways) as CompanySettings['gateways']) };
}
