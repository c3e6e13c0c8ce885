import pino, { type Logger } from 'pino';
import { codeOf, MusterError } from '@muster/core/errors';
import { type Log, type LogFields } from '@muster/core/log';

export interface LogOptions {
  /** The process: `api`, `worker`, `scheduler`. */
  name: string;
  level: 'debug' | 'info' | 'warn' | 'error';
}

/** Logs JSON lines to standard output, one per event. */
export function openLog({ name, level }: LogOptions): Log {
  const formatters = { level: (label: string) => ({ level: label }) };
  return wrap(
    pino({ level, base: { name }, formatters, messageKey: 'event', timestamp: pino.stdTimeFunctions.isoTime }),
  );
}

function wrap(logger: Logger): Log {
  return {
    debug: (event, fields) => logger.debug(fields ?? {}, event),
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields, error) => logger.error({ ...fields, ...(error !== undefined && describe(error)) }, event),
    child: (fields) => wrap(logger.child(fields)),
  };
}

/** An error as a log may hold it: ours in words; of others the kind, the code and where, since their texts may quote data. */
function describe(error: unknown): LogFields {
  if (error instanceof MusterError) return { code: error.code, message: error.message };
  const { name, stack } = error as Partial<Error>;
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { kind: name ?? typeof error, code: codeOf(error), stack: frames?.slice(0, 8).join('\n') };
}
