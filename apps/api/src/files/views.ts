import { instant, integer, oneOf, text } from '@muster/core/fields';
import { type FileRow } from '@muster/db/files';

/** A file as it is answered. */
export class FileAnswer {
  @text() id!: string;
  @oneOf(['file']) object!: string;
  @text() name!: string;
  @integer({ min: 0 }) sizeBytes!: number;
  @text({ description: 'Hexadecimal' }) sha256!: string;
  @text({ nullable: true, description: 'The run that it belongs to; null: none' }) runId!: string | null;
  @instant() createdAt!: Date;
}

/** A file as it is answered. */
export function fileView({ id, name, sizeBytes, sha256, runId, createdAt }: FileRow): FileAnswer {
  return { id, object: 'file', name, sizeBytes, sha256, runId, createdAt };
}
