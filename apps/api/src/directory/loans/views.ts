import { loanStatuses, type LoanStatus } from '@muster/core/directory';
import { integer, oneOf, text } from '@muster/core/fields';
import { type LoanRow } from '@muster/db/directory/rows';
import { ObjectAnswer } from '../../objectAnswer.ts';

/** A loan as it is answered. */
export class LoanAnswer extends ObjectAnswer {
  @integer({ min: 1, description: 'The number by which queries name the loan' }) displayId!: number;
  @text({ description: 'The id of the person' }) personId!: string;
  @oneOf(loanStatuses, { description: 'How the loan stands; active by default' }) status!: LoanStatus;
}

/** A loan as it is answered. */
export function loanView(row: LoanRow): LoanAnswer {
  return {
    id: row.id,
    object: 'loan',
    companyId: row.companyId,
    displayId: Number(row.key),
    externalId: row.externalId,
    personId: row.personId,
    status: row.status,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
  };
}
