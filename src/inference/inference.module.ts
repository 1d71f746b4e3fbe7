import { Logger, Module } from '@nestjs/common';
import { fileURLToPath } from 'node:url';
import { SETTINGS_TOKEN } from '../config/config.module.js';
import { PACKAGE_ROOT } from '../config/package-root.js';
import type { Settings } from '../config/settings.js';
import { Catalogue } from './catalogue/catalogue.js';
import { readModelsFile } from './catalogue/models-file.js';
import { InferenceService } from './inference.service.js';
import { INFERENCE_OBSERVER, type InferenceObserver } from './observer.js';
import { RemoteRunners } from './remote/remote-runners.js';
import { MemoryLedger } from './residency/memory-ledger.js';
import { ModelLoader } from './residency/model-loader.js';
import { Quarantine } from './residency/quarantine.js';
import { Residency } from './residency/residency.js';
import { ThreadMemory } from './residency/thread-memory.js';
import type { StartRunner } from './runners/runner.js';
import { deadlinesOf } from './runners/runner-deadlines.js';
import { runnerEnvironment } from './runners/runner-environment.js';
import { RunnerProcess } from './runners/runner-process.js';

const RUNNER_SCRIPT = fileURLToPath(new URL('../runner.main.js', import.meta.url));

function createCatalogue(settings: Settings): Catalogue {
  const shipped = readModelsFile(settings.catalogueFile ?? `${PACKAGE_ROOT}/config/models.yaml`);
  return new Catalogue({
    entries: settings.modelsFile === null ? shipped : readModelsFile(settings.modelsFile, shipped),
    modelsDir: settings.modelsDir,
    startersDir: `${PACKAGE_ROOT}/models/starter`,
    aliases: settings.modelAliases,
  });
}

function createStartRunner(settings: Settings): StartRunner {
  const logger = new Logger('Runner');
  const remotes = new RemoteRunners(settings);
  return {
    local: (spec) =>
      new RunnerProcess(spec, {
        script: RUNNER_SCRIPT,
        env: runnerEnvironment(spec.engine, settings.runnerEnv),
        deadlines: deadlinesOf(spec.engine),
        onStderr: (model, text) => logger.debug(`${model}: ${text.trimEnd()}`),
      }),
    remote: (spec) => remotes.start(spec),
  };
}

function createResidency(settings: Settings, observer: InferenceObserver): Residency {
  const threads = new ThreadMemory(`${settings.dataDir}/threads.json`, settings.cpuCount);
  return new Residency(
    new MemoryLedger(settings.memoryBudget),
    (budget) => new ModelLoader(createStartRunner(settings), settings, budget, new Quarantine(), threads),
    observer,
  );
}

@Module({
  providers: [
    {
      provide: InferenceService,
      inject: [SETTINGS_TOKEN, INFERENCE_OBSERVER],
      useFactory: (settings: Settings, observer: InferenceObserver) =>
        new InferenceService(createCatalogue(settings), createResidency(settings, observer), observer, settings),
    },
  ],
  exports: [InferenceService],
})
export class InferenceModule {}
