import { instant, text } from '@muster/core/fields';

/** What every object's answer holds. */
export class ObjectAnswer {
  @text({ description: 'Of the form XX-AAAA-AAAA' }) id!: string;
  @text({ description: 'The kind of object' }) object!: string;
  @text({ description: 'The company that it belongs to' }) companyId!: string;
  @text({ nullable: true, description: 'The company’s own name for it: unique per company and kind' })
  externalId!: string | null;
  @instant({ description: 'When it was made' }) createdAt!: Date;
  @instant({ description: 'When it was last changed' }) updatedAt!: Date;
  @instant({ nullable: true, description: 'When it was deleted: gone from lists and from use' })
  deletedAt!: Date | null;
}
