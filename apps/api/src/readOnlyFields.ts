import { ignored } from '@muster/core/fields';

/** What answers hold and bodies may send back: accepted, and ignored. */
export class ReadOnlyFields {
  @ignored() id?: unknown;
  @ignored() object?: unknown;
  @ignored() companyId?: unknown;
  @ignored() createdAt?: unknown;
  @ignored() updatedAt?: unknown;
  @ignored() deletedAt?: unknown;
}
