import { consentNames, type ConsentName, consentStatuses, type ConsentStatus } from '@muster/core/directory';
import { type Fault } from '@muster/core/errors';
import { list, oneOf } from '@muster/core/fields';

/** A consent, in bodies and in answers. */
export class Consent {
  @oneOf(consentNames, { description: 'What is agreed to, or is not' }) name!: ConsentName;
  @oneOf(consentStatuses, { description: 'electronicComms is consented by default, the others are revoked' })
  status!: ConsentStatus;
}

/** The body of `PUT …/consents`: a list, of those that change. */
export class UpdateConsents {
  @list(() => Consent, {
    max: consentNames.length,
    acrossItems: faultsOfNames,
    description: 'Those that change, each once',
  })
  consents!: Consent[];
}

function faultsOfNames(items: readonly unknown[]): Fault[] {
  const names = items.map((item) => (item as Partial<Consent> | null)?.name);
  return names.flatMap((name, at) => {
    if (name === undefined || names.indexOf(name) === at) return [];
    return [{ field: `[${at}].name`, code: 'notUnique', message: 'is named before: give each consent once' }];
  });
}
