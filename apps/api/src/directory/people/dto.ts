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
import { externalIdField } from '../externalIdField.ts';
import { nameMeanings, personMeanings as says } from './personMeanings.ts';

const optional = { optional: true } as const;
const clearable = { optional: true, nullable: true } as const;
const namePart = (part: keyof typeof nameMeanings) => text({ ...clearable, min: 1, description: nameMeanings[part] });

class PersonName {
  @namePart('prefix') prefix?: string | null;
  @namePart('firstName') firstName?: string | null;
  @namePart('middleName') middleName?: string | null;
  @namePart('lastName') lastName?: string | null;
  @namePart('maidenLastName') maidenLastName?: string | null;
  @namePart('suffix') suffix?: string | null;
  @namePart('preferredFirstName') preferredFirstName?: string | null;
}

/** The body of `POST /people`. */
export class CreatePerson extends ReadOnlyFields {
  @ignored() displayId?: unknown;
  @ignored() statusUpdatedAt?: unknown;
  @externalIdField() externalId?: string | null;
  @oneOf(borrowerTypes, { ...optional, description: says.borrowerType }) borrowerType?: BorrowerType;
  @oneOf(personStatuses, { ...optional, description: says.status }) status?: PersonStatus;
  @oneOf(collectionsIntensities, { ...optional, description: says.collectionsIntensity })
  collectionsIntensity?: CollectionsIntensity;
  @day({ ...clearable, description: says.monitorStartDate }) monitorStartDate?: string | null;
  @metaData(clearable) metaData?: Record<string, unknown> | null;
  @jsonObject({ ...clearable, description: says.commPreferences }) commPreferences?: Record<string, unknown> | null;
  @nested(() => PersonName, { ...clearable, merge: true, description: says.name }) name?: PersonName | null;
  @day({ ...clearable, description: says.dateOfBirth }) dateOfBirth?: string | null;
  @zone({ ...clearable, description: says.timeZone }) timeZone?: string | null;
}

/** The body of `PUT`: absent leaves, null clears, in `name` as well. */
export const UpdatePerson = partOf(CreatePerson) as ClassConstructor<CreatePerson>;
