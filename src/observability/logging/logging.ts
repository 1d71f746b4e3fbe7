import type { LoggerService } from '@nestjs/common';
import { pino, stdTimeFunctions, type Logger, type LoggerOptions } from 'pino';
import type { Settings } from '../../config/settings.js';
import { LogOutput } from './log-output.js';
import { pretty } from './pretty-log.js';

/** JSON lines, or lines for people on a terminal. Prompts are never logged above debug, secrets never. */
export function createLogger(level: string, format: Settings['logFormat'] = 'auto'): Logger {
  const options: LoggerOptions = {
    level,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: ['req.headers.authorization', 'req.headers["x-api-key"]'], remove: true },
  };
  if (format === 'pretty' || (format === 'auto' && process.stdout.isTTY)) return pino(options, pretty());
  const output = new LogOutput();
  const logger = pino(options, output);
  output.tellDropped((lines) => logger.warn({ lines }, 'lines of the log were dropped: nobody read stdout'));
  return logger;
}

/** Nest's own log lines, and those of everything that uses Nest's Logger, through pino. An object is a line's fields. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    // Nest's own notes about modules and routes are for its developers.
    if (
      context !== undefined &&
      /^(NestFactory|InstanceLoader|RoutesResolver|RouterExplorer|NestApplication)$/.test(context)
    ) {
      this.logger.debug({ context }, String(message));
    } else this.logger.info(...lineOf(message, context));
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error({ context: context ?? stack }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn(...lineOf(message, context));
  }

  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }

  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
}

function lineOf(message: unknown, context: string | undefined): [fields: object, text?: string] {
  if (typeof message === 'object' && message !== null && !(message instanceof Error)) return [{ context, ...message }];
  return [{ context }, String(message)];
}
