import { codeOf, MusterError, PermanentFailure, TemporaryFailure } from '@muster/core/errors';

const NO_ROOM = ['ENOSPC', 'EDQUOT'];
const NO_RIGHT = ['EACCES', 'EPERM', 'EROFS'];

/** What a failure of the local disk means. `doing` reads "write runs/1/a.csv". */
export function localFailure(error: unknown, doing: string): MusterError {
  if (error instanceof MusterError) return error;
  const code = codeOf(error) ?? 'unknown';
  const details = { code };
  if (NO_ROOM.includes(code))
    return new TemporaryFailure('fileStoreFull', `no room left to ${doing}; clear the disk of the file store`, {
      details,
    });
  if (NO_RIGHT.includes(code))
    return new PermanentFailure(
      'fileStoreDenied',
      `not allowed to ${doing} (${code}); give this process the right to write in the file store's directory`,
      { details },
    );
  return new TemporaryFailure('fileStoreFailed', `could not ${doing} (${code})`, { details });
}
