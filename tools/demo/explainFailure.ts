const NOT_OURS = ['EACCES', 'EPERM', 'EROFS'];

/** What went wrong, in words that say what to do. */
export function explainFailure(error: unknown, directory: string): string {
  const { code = '', message = String(error), path = directory } = error as Partial<NodeJS.ErrnoException>;
  if (code === 'ENOSPC') return 'The disk is full; the demo needs about 200 MB.';
  if (!NOT_OURS.includes(code)) return `The demo stopped: ${message}`;
  return (
    `${path} cannot be written: it may belong to another user. Remove ${directory}, ` +
    'or keep the demo elsewhere: npm run demo -- --home <directory>'
  );
}
