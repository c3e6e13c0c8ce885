import { NotFound } from '@muster/core/errors';
import { parseReference } from '@muster/core/reference';

const NUMBER = /^\d{1,18}$/;

/**
 * The case that an address names: an id, an integer, or the external id behind `ext-`, which is not stored. Cases are only
 * named here, so any that is well formed is taken. Throws NotFound `caseNotFound` for what is not.
 */
export function caseNamed(text: string): string {
  if (NUMBER.test(text)) return text;
  const reference = parseReference(text);
  const name = reference && ('id' in reference ? reference.id : reference.externalId);
  if (name !== undefined && name.length <= 255) return name;
  throw new NotFound(
    'caseNotFound',
    'there can be no such case: write its id, an integer, or ext- and its external id',
  );
}
