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

const nullable = { nullable: true } as const;

class PersonNameAnswer {
  @text(nullable) prefix!: string | null;
  @text(nullable) firstName!: string | null;
  @text(nullable) middleName!: string | null;
  @text(nullable) lastName!: string | null;
  @text(nullable) maidenLastName!: string | null;
  @text(nullable) suffix!: string | null;
  @text(nullable) preferredFirstName!: string | null;
}

/** A borrower as it is answered. */
export class PersonAnswer extends ObjectAnswer {
  @integer({ min: 1, description: 'The number by which queries name the borrower' }) displayId!: number;
  @oneOf(borrowerTypes) borrowerType!: BorrowerType;
  @oneOf(personStatuses) status!: PersonStatus;
  @moment({ ...nullable, description: 'When the status last changed; null: it never did' })
  statusUpdatedAt!: Date | null;
  @oneOf(collectionsIntensities) collectionsIntensity!: CollectionsIntensity;
  @day(nullable) monitorStartDate!: string | null;
  @metaData(nullable) metaData!: Record<string, unknown> | null;
  @jsonObject(nullable) commPreferences!: Record<string, unknown> | null;
  @nested(() => PersonNameAnswer) name!: PersonNameAnswer;
  @day(nullable) dateOfBirth!: string | null;
  @zone(nullable) timeZone!: string | null;
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
