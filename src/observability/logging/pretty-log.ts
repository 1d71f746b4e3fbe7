import { PinoPretty, type PrettyStream } from 'pino-pretty';

/** Log lines for a terminal. */
export function pretty(): PrettyStream {
  return PinoPretty({ ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l', singleLine: true });
}
