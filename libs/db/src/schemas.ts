import { type EntitySchema } from 'typeorm';

/** The tables that TypeORM reads and writes row by row. */
export const schemas: Record<string, EntitySchema> = {};
