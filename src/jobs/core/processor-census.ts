import { Processor, type WorkerHost } from '@nestjs/bullmq';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { DiscoveryService, Reflector } from '@nestjs/core';
import type { WorkerOptions } from 'bullmq';
import { JOB_KINDS, type JobKind } from '../kinds/kinds.js';

const WORKS_ON = Symbol('kind of job that a processor works on');

/** Marks the processor of a kind of job. */
export const WorksOn = (kind: JobKind, options: Omit<WorkerOptions, 'connection'>): ClassDecorator =>
  applyDecorators(Processor(JOB_KINDS[kind].queue, options as never), SetMetadata(WORKS_ON, kind));

/**
 * Throws unless each of the kinds has exactly one processor among the providers, and no other kind has any.
 * @returns the processors.
 */
export function checkProcessors(
  discovery: DiscoveryService,
  reflector: Reflector,
  kinds: readonly JobKind[],
): WorkerHost[] {
  const found = discovery.getProviders().flatMap(({ metatype, instance }) => {
    if (typeof metatype !== 'function') return [];
    const kind = reflector.get<JobKind | undefined>(WORKS_ON, metatype);
    return kind === undefined ? [] : [{ kind, processor: metatype.name, host: instance as WorkerHost }];
  });
  for (const kind of kinds) {
    const own = found.filter((each) => each.kind === kind).map(({ processor }) => processor);
    if (own.length === 0) throw new Error(`the queue of "${kind}" jobs has no processor`);
    if (own.length > 1) throw new Error(`the queue of "${kind}" jobs has two processors: ${own.join(', ')}`);
  }
  for (const { kind, processor } of found) {
    if (!kinds.includes(kind)) throw new Error(`${processor} works on "${kind}" jobs, which this process does not do`);
  }
  return found.map(({ host }) => host);
}
