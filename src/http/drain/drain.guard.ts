import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InferenceService } from '../../inference/inference.service.js';
import { OpenAnswers } from './open-answers.js';

/** What only looks at something, or ends it, is answered to the last. */
const NO_NEW_WORK: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'DELETE'];

/** Refuses new work once the service drains, in the words of each dialect, and knows what was let in. */
@Injectable()
export class DrainGuard implements CanActivate {
  constructor(
    private readonly inference: InferenceService,
    private readonly answers: OpenAnswers,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if (this.inference.isDraining) void reply.header('Connection', 'close'); // for clients to connect to another process
    if (NO_NEW_WORK.includes(context.switchToHttp().getRequest<FastifyRequest>().method)) return true;
    this.inference.refuseWhileDraining();
    this.answers.add(reply.raw);
    return true;
  }
}
