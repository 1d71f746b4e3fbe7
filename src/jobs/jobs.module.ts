import { BullModule } from '@nestjs/bullmq';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Role, Settings } from '../config/settings.js';
import { FilesModule } from '../storage/files/files.module.js';
import { HubModule } from '../hub/hub.module.js';
import { ImagesModule } from '../domains/images/images.module.js';
import { InferenceModule } from '../inference/inference.module.js';
import { LifecycleModule } from '../domains/lifecycle/lifecycle.module.js';
import { MetricsModule } from '../observability/metrics/metrics.module.js';
import { OcrModule } from '../domains/ocr/ocr.module.js';
import { SpeechModule } from '../domains/speech/speech.module.js';
import { STORE, type AnyStore } from '../storage/store/store.module.js';
import { AwaitedJobs } from './core/awaited-jobs.js';
import { BatchOcrProcessor } from './kinds/batch-ocr.processor.js';
import { ImageJobs } from './kinds/image-jobs.js';
import { ImageProcessor } from './kinds/image.processor.js';
import { ImageResults } from './kinds/image-results.js';
import { ImageSources } from './kinds/image-sources.js';
import { JobAdder } from './core/job-adder.js';
import { JobAdmission } from './core/job-admission.js';
import { JobCanceller } from './core/job-canceller.js';
import { JobFlows } from './core/job-flows.js';
import { JobFollowing } from './core/job-following.js';
import { JobMeter } from './core/job-meter.js';
import { bullQueuesProvider, JobQueues, queueOptions } from './core/job-queues.js';
import { JobRecords } from './core/job-records.js';
import { JobReplies } from './core/job-replies.js';
import { JobSubmitter } from './core/job-submitter.js';
import { JobsService } from './core/jobs.service.js';
import { JOB_KINDS, KIND_NAMES, kindsOf, type JobKind } from './kinds/kinds.js';
import { LaunchProcessor } from './kinds/launch.processor.js';
import { ledgerProviders } from './core/ledger/ledger.providers.js';
import { LeftJobs } from './core/left-jobs.js';
import { ModelJobs } from './kinds/model-jobs.js';
import { OcrJobs } from './kinds/ocr-jobs.js';
import { OcrProcessor } from './kinds/ocr.processor.js';
import { PullProcessor } from './kinds/pull.processor.js';
import { RunningJobs } from './core/running-jobs.js';
import { SpeechJobs } from './kinds/speech-jobs.js';
import { SpeechProcessor } from './kinds/speech.processor.js';
import { WaiterLeases } from './core/waiter-leases.js';
import { WaitingJobs } from './core/waiting-jobs.js';
import { Workers } from './core/workers.js';

const PROCESSORS = {
  pull: PullProcessor,
  launch: LaunchProcessor,
  ocr: OcrProcessor,
  'batch-ocr': BatchOcrProcessor,
  image: ImageProcessor,
  speech: SpeechProcessor,
} as const satisfies Record<JobKind, Provider>;

const queues = KIND_NAMES.map((kind) => ({ name: JOB_KINDS[kind].queue }));

function processorsOf(role: Role): Provider[] {
  return kindsOf(role).map((kind) => PROCESSORS[kind]);
}

/** Long work: asking for it, doing it, following it. */
@Module({})
export class JobsModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: JobsModule,
      global: true,
      imports: [
        // Workers are started by `Workers`, once it is sure that each queue has one.
        BullModule.forRootAsync({
          inject: [STORE],
          useFactory: (store: AnyStore) => queueOptions(store),
          extraOptions: { manualRegistration: true },
        }),
        BullModule.registerQueue(...queues),
        DiscoveryModule,
        FilesModule,
        HubModule,
        ImagesModule,
        InferenceModule,
        LifecycleModule,
        MetricsModule,
        OcrModule,
        SpeechModule,
      ],
      providers: [
        bullQueuesProvider,
        ...ledgerProviders,
        JobQueues,
        JobFlows,
        JobRecords,
        JobAdder,
        JobAdmission,
        JobCanceller,
        JobSubmitter,
        WaiterLeases,
        JobsService,
        JobFollowing,
        JobReplies,
        JobMeter,
        RunningJobs,
        LeftJobs,
        AwaitedJobs,
        ModelJobs,
        OcrJobs,
        ImageJobs,
        ImageResults,
        ImageSources,
        SpeechJobs,
        WaitingJobs,
        Workers,
        ...processorsOf(settings.role),
      ],
      exports: [
        AwaitedJobs,
        ImageJobs,
        ImageResults,
        JobRecords,
        JobsService,
        JobFollowing,
        JobReplies,
        ModelJobs,
        OcrJobs,
        SpeechJobs,
      ],
    };
  }
}
