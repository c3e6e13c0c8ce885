import { type Guard } from './guard.ts';

/** Gives the text of a guard's file without the guard. Throws where its edit does not match exactly once, or changes nothing. */
export function removeGuard(text: string, { name, file, find, replace }: Guard): string {
  const found = text.split(find).length - 1;
  if (found !== 1)
    throw new Error(`the edit of the guard ${name} is found ${found} times in ${file}, and must be once`);
  if (find === replace) throw new Error(`the edit of the guard ${name} changes nothing`);
  return text.replace(find, () => replace);
}
