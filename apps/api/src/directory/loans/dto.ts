import { loanStatuses, type LoanStatus } from '@muster/core/directory';
import { ignored, oneOf, partOf } from '@muster/core/fields';
import { type ClassConstructor } from '@muster/core/validation';
import { ReadOnlyFields } from '../../readOnlyFields.ts';
import { externalIdField } from '../externalIdField.ts';
import { nameOfObject } from '../nameOfObject.ts';

/** The body of `POST …/loans`. */
export class CreateLoan extends ReadOnlyFields {
  @ignored() displayId?: unknown;
  @nameOfObject({ optional: true, description: 'The person of the address: a loan stays with its person' })
  personId?: string | number;
  @externalIdField() externalId?: string | null;
  @oneOf(loanStatuses, { optional: true, description: 'How the loan stands; active by default' }) status?: LoanStatus;
}

/** The body of `PUT`: absent leaves, null clears. */
export const UpdateLoan = partOf(CreateLoan) as ClassConstructor<CreateLoan>;
