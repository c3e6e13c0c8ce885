import { type Operation } from '../operation.ts';
import { consentOperations } from './consents/operations.ts';
import { contactOperations } from './contacts/operations.ts';
import { doNotInteractOperations } from './doNotInteracts/operations.ts';
import { interactionOperations } from './interactions/operations.ts';
import { loanOperations } from './loans/operations.ts';
import { personOperations } from './people/operations.ts';

/** The borrower directory: people, and what belongs to them. */
export function directoryOperations(): Operation[] {
  return [
    ...personOperations(),
    ...loanOperations(),
    ...contactOperations(),
    ...consentOperations(),
    ...doNotInteractOperations(),
    ...interactionOperations(),
  ];
}
