import { EntitySchema, type EntitySchemaColumnOptions, EntitySchemaOptions } from 'typeorm';

/** What every object of a company has. */
export interface CompanyObject {
  id: string;
  companyId: string;
  externalId: string | null;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

export const text = (name: string): EntitySchemaColumnOptions => ({ name, type: 'text', nullable: true });
export const json = (name: string): EntitySchemaColumnOptions => ({ name, type: 'jsonb', nullable: true });
export const objectColumns = {
  id: { type: 'text', primary: true },
  companyId: { name: 'company_id', type: 'text' },
  externalId: text('external_id'),
  createdAt: { name: 'created_at', type: 'timestamptz', createDate: true },
  updatedAt: { name: 'updated_at', type: 'timestamptz', precision: 3, updateDate: true },
  // no `deleteDate`: what is deleted stays readable by id, and each query says what it wants
  deletedAt: { name: 'deleted_at', type: 'timestamptz', precision: 3, nullable: true },
} as const;

/** A table as TypeORM knows it. The options are plain data; TypeORM wants them in a class of its own. */
export function defineSchema<Row>(options: {
  [Name in keyof EntitySchemaOptions<Row>]: EntitySchemaOptions<Row>[Name];
}) {
  return new EntitySchema<Row>(Object.assign(new EntitySchemaOptions<Row>(), options));
}
