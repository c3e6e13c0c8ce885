import { instant, integer, oneOf, text } from '@muster/core/fields';
import { type FileRow } from '@muster/db/files';

/** A file as it is answered. */
export class FileAnswer {
  @text({ description: 'Of the form FL-AAAA-AAAA', example: 'FL-5D2P-Y7QK' }) id!: string;
  @oneOf(['file']) object!: string;
  @text({ description: 'Its name', example: 'contacts_output.csv' }) name!: string;
  @integer({ min: 0, description: 'How long it is' }) sizeBytes!: number;
  @text({ description: 'Hexadecimal' }) sha256!: string;
  @text({ nullable: true, description: 'The run that it belongs to; null: none' }) runId!: string | null;
  @instant({ description: 'When it was made' }) createdAt!: Date;
}

/** A file as it is answered. */
export function fileView({ id, name, sizeBytes, sha256, runId, createdAt }: FileRow): FileAnswer {
  return { id, object: 'file', name, sizeBytes, sha256, runId, createdAt };
}
