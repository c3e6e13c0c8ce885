import { access, link, rename } from 'node:fs/promises';
import { codeOf } from '@muster/core/errors';

const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Gives a written file its name. Unlike a rename a link never overwrites: of two that give the same one is told, by EEXIST. */
export async function giveName(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (!NO_LINKS.includes(codeOf(error) ?? '')) throw error;
    await requireFree(path); // a volume without hard links: looking first is the best there is
    await rename(temporary, path);
  }
}

async function requireFree(path: string) {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) throw Object.assign(new Error('taken'), { code: 'EEXIST' });
}
