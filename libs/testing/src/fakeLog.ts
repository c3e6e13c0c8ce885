import { type Log, type LogFields } from '@muster/core/log';

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  event: string;
  fields: LogFields;
}

/** A log that remembers its lines. */
export function fakeLog(bound: LogFields = {}, lines: LogLine[] = []): Log & { lines: LogLine[] } {
  const write = (level: LogLine['level']) => (event: string, fields?: LogFields) => {
    lines.push({ level, event, fields: { ...bound, ...fields } });
  };
  return {
    lines,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => fakeLog({ ...bound, ...fields }, lines),
  };
}
