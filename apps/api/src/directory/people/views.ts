import {
  borrowerTypes,
  type BorrowerType,
  collectionsIntensities,
  type CollectionsIntensity,
  personStatuses,
  type PersonStatus,
} from '@muster/core/directory';
import { day, jsonObject, metaData, moment, zone } from '@muster/core/directoryFields';
import { integer, nested, oneOf, text } from '@muster/core/fields';
import { type PersonRow } from '@muster/db/directory/rows';
import { ObjectAnswer } from '../../objectAnswer.ts';
import { nameMeanings, personMeanings as says } from './personMeanings.ts';

const nullable = { nullable: true } as const;
const namePart = (part: keyof typeof nameMeanings) => text({ ...nullable, description: nameMeanings[part] });

class PersonNameAnswer {
  @namePart('prefix') prefix!: string | null;
  @namePart('firstName') firstName!: string | null;
  @namePart('middleName') middleName!: string | null;
  @namePart('lastName') lastName!: string | null;
  @namePart('maidenLastName') maidenLastName!: string | null;
  @namePart('suffix') suffix!: string | null;
  @namePart('preferredFirstName') preferredFirstName!: string | null;
}

/** A borrower as it is answered. */
export class PersonAnswer extends ObjectAnswer {
  @integer({ min: 1, description: 'The number by which queries name the borrower' }) displayId!: number;
  @oneOf(borrowerTypes, { description: says.borrowerType }) borrowerType!: BorrowerType;
  @oneOf(personStatuses, { description: says.status }) status!: PersonStatus;
  @moment({ ...nullable, description: 'When the status last changed; null: it never did' })
  statusUpdatedAt!: Date | null;
  @oneOf(collectionsIntensities, { description: says.collectionsIntensity })
  collectionsIntensity!: CollectionsIntensity;
  @day({ ...nullable, description: says.monitorStartDate }) monitorStartDate!: string | null;
  @metaData(nullable) metaData!: Record<string, unknown> | null;
  @jsonObject({ ...nullable, description: says.commPreferences }) commPreferences!: Record<string, unknown> | null;
  @nested(() => PersonNameAnswer, { description: says.name }) name!: PersonNameAnswer;
  @day({ ...nullable, description: says.dateOfBirth }) dateOfBirth!: string | null;
  @zone({ ...nullable, description: says.timeZone }) timeZone!: string | null;
}

/** A borrower as it is answered. */
export function personView(row: PersonRow): PersonAnswer {
  const { prefix, firstName, middleName, lastName, maidenLastName, suffix, preferredFirstName } = row;
  return {
    id: row.id,
    object: 'person',
    companyId: row.companyId,
    displayId: Number(row.key),
    externalId: row.externalId,
    borrowerType: row.borrowerType,
    status: row.status,
    statusUpdatedAt: row.statusUpdatedAt,
    collectionsIntensity: row.collectionsIntensity,
    monitorStartDate: row.monitorStartDate,
    metaData: row.metaData,
    commPreferences: row.commPreferences,
    name: { prefix, firstName, middleName, lastName, maidenLastName, suffix, preferredFirstName },
    dateOfBirth: row.dateOfBirth,
    timeZone: row.timeZone,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
  };
}
