import { CLOSE_ARRAY, COMMA, MalformedJson, OPEN_ARRAY, skipBlank } from './jsonBytes.ts';
import { cutShort, expectByte, type RowCursor } from './rowCursor.ts';

interface Elements {
  /** Takes the element at `at`; gives the index behind it, or -1 where it goes on behind `to`. */
  take: (bytes: Buffer, at: number, to: number) => number;
  /** Called whenever all that was read has been taken. */
  pause: () => Promise<void>;
}

/** Walks a list, element by element and window by window. Throws MalformedJson. */
export async function eachElement(cursor: RowCursor, { take, pause }: Elements): Promise<void> {
  await expectByte(cursor, OPEN_ARRAY);
  let isFirst = true;
  for (;;) {
    for (;;) {
      let at = skipBlank(cursor.bytes, cursor.at, cursor.to);
      if (at === cursor.to) break;
      if (cursor.bytes[at] === CLOSE_ARRAY) {
        cursor.at = at + 1;
        await pause();
        return;
      }
      if (!isFirst) {
        if (cursor.bytes[at] !== COMMA) throw new MalformedJson('a comma was expected');
        at = skipBlank(cursor.bytes, at + 1, cursor.to);
        if (at === cursor.to) break;
      }
      const end = take(cursor.bytes, at, cursor.to);
      if (end < 0) break;
      isFirst = false;
      cursor.at = end;
    }
    await pause();
    if (!(await cursor.more())) throw cutShort();
  }
}
