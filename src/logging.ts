import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import { pretty } from './pretty-log.js';

/** JSON lines, or lines for people on a terminal. Prompts are never logged above debug, secrets never. */
export function createLogger(level: string): Logger {
  const options = {
    level,
    redact: { paths: ['req.headers.authorization', 'req.headers["x-api-key"]'], remove: true },
  };
  return process.stdout.isTTY ? pino(options, pretty()) : pino(options);
}

/** Nest's own log lines, and those of everything that uses Nest's Logger, through pino. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    // Nest's own notes about modules and routes are for its developers.
    if (
      context !== undefined &&
      /^(NestFactory|InstanceLoader|RoutesResolver|RouterExplorer|NestApplication)$/.test(context)
    ) {
      this.logger.debug({ context }, String(message));
    } else this.logger.info({ context }, String(message));
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error({ context: context ?? stack }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }

  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }

  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
}
