import 'reflect-metadata';
import { WorkerHost } from '@nestjs/bullmq';
import { Injectable, Module, type Provider } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, NestFactory, Reflector } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { JOB_KINDS, KIND_NAMES, kindsOf, type JobKind } from '../../src/jobs/kinds/kinds.js';
import { checkProcessors, WorksOn } from '../../src/jobs/core/processor-census.js';

abstract class Idle extends WorkerHost {
  override process(): Promise<null> {
    return Promise.resolve(null);
  }
}

const CONNECTIONLESS = {};

@WorksOn('pull', CONNECTIONLESS)
class Pulls extends Idle {}

@WorksOn('pull', CONNECTIONLESS)
class PullsToo extends Idle {}

@WorksOn('launch', CONNECTIONLESS)
class Launches extends Idle {}

@Injectable()
class Bystander {}

@Module({})
class SomeModule {}

/** What the check of a process says that has these providers and is to do these kinds of job. */
async function census(providers: Provider[], kinds: readonly JobKind[]): Promise<unknown[]> {
  const module = { module: SomeModule, imports: [DiscoveryModule], providers };
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  try {
    return checkProcessors(app.get(DiscoveryService), app.get(Reflector), kinds);
  } finally {
    await app.close();
  }
}

describe('the census of processors', () => {
  it('passes a process with one processor for each kind, and nothing else of that sort', async () => {
    const processors = await census([Pulls, Bystander, Launches], ['pull', 'launch']);
    expect(processors.map((processor) => (processor as object).constructor)).toEqual([Pulls, Launches]);
    await expect(census([Bystander], [])).resolves.toEqual([]);
  });

  it('refuses a queue that nobody works on', async () => {
    await expect(census([Launches], ['pull', 'launch'])).rejects.toThrow('the queue of "pull" jobs has no processor');
    await expect(census([], ['launch'])).rejects.toThrow('the queue of "launch" jobs has no processor');
  });

  it('refuses a queue that two work on', async () => {
    await expect(census([Pulls, PullsToo], ['pull'])).rejects.toThrow(
      'the queue of "pull" jobs has two processors: Pulls, PullsToo',
    );
  });

  it('refuses a processor of jobs that the role does not do', async () => {
    await expect(census([Pulls, Launches], ['launch'])).rejects.toThrow(
      'Pulls works on "pull" jobs, which this process does not do',
    );
  });

  it('knows a processor that is provided under another name', async () => {
    await expect(census([Pulls, { provide: 'another', useClass: PullsToo }], ['pull'])).rejects.toThrow(
      'two processors',
    );
  });
});

describe('the kinds of job', () => {
  it('are all done by a process that does everything, and by one of the parts alone otherwise', () => {
    expect(kindsOf('all')).toEqual(KIND_NAMES);
    expect([...kindsOf('api'), ...kindsOf('worker')].sort()).toEqual([...KIND_NAMES].sort());
  });

  it('have queues of their own', () => {
    const queues = KIND_NAMES.map((kind) => JOB_KINDS[kind].queue);
    expect(new Set(queues).size).toBe(queues.length);
  });
});
