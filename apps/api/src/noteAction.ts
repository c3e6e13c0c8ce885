import { type Log, type LogFields } from '@muster/core/log';
import { type Call } from './operation.ts';

/** What a person has done, and to what: names and ids, never the words of a note. */
export type Action = LogFields & { event: string };

/** Logs what a person has done once it is committed, and who by the id of the key; an answer that is repeated logs nothing. */
export function noteAction(
  { log }: { log: Log },
  { caller, requestId, afterwards }: Pick<Call, 'caller' | 'requestId' | 'afterwards'>,
  { event, ...fields }: Action,
): void {
  afterwards(() => log.info(event, { ...fields, keyId: caller.keyId, requestId }));
}
