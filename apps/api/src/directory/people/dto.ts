import {
  borrowerTypes,
  type BorrowerType,
  collectionsIntensities,
  type CollectionsIntensity,
  personStatuses,
  type PersonStatus,
} from '@muster/core/directory';
import { day, jsonObject, metaData, zone } from '@muster/core/directoryFields';
import { ignored, nested, oneOf, partOf, text } from '@muster/core/fields';
import { type ClassConstructor } from '@muster/core/validation';
import { ReadOnlyFields } from '../../readOnlyFields.ts';

const optional = { optional: true } as const;
const clearable = { optional: true, nullable: true } as const;
const namePart = () => text({ ...clearable, min: 1 });

class PersonName {
  @namePart() prefix?: string | null;
  @namePart() firstName?: string | null;
  @namePart() middleName?: string | null;
  @namePart() lastName?: string | null;
  @namePart() maidenLastName?: string | null;
  @namePart() suffix?: string | null;
  @namePart() preferredFirstName?: string | null;
}

/** The body of `POST /people`. */
export class CreatePerson extends ReadOnlyFields {
  @ignored() displayId?: unknown;
  @ignored() statusUpdatedAt?: unknown;
  @text({ ...clearable, min: 1 }) externalId?: string | null;
  @oneOf(borrowerTypes, optional) borrowerType?: BorrowerType;
  @oneOf(personStatuses, optional) status?: PersonStatus;
  @oneOf(collectionsIntensities, optional) collectionsIntensity?: CollectionsIntensity;
  @day(clearable) monitorStartDate?: string | null;
  @metaData(clearable) metaData?: Record<string, unknown> | null;
  @jsonObject(clearable) commPreferences?: Record<string, unknown> | null;
  @nested(() => PersonName, { ...clearable, merge: true }) name?: PersonName | null;
  @day(clearable) dateOfBirth?: string | null;
  @zone(clearable) timeZone?: string | null;
}

/** The body of `PUT`: absent leaves, null clears, in `name` as well. */
export const UpdatePerson = partOf(CreatePerson) as ClassConstructor<CreatePerson>;
