import { BullModule } from '@nestjs/bullmq';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Role, Settings } from '../config/settings.js';
import { FilesModule } from '../files/files.module.js';
import { HubModule } from '../hub/hub.module.js';
import { ImagesModule } from '../images/images.module.js';
import { InferenceModule } from '../inference/inference.module.js';
import { LifecycleModule } from '../lifecycle/lifecycle.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { OcrModule } from '../ocr/ocr.module.js';
import { SpeechModule } from '../speech/speech.module.js';
import { STORE, type AnyStore } from '../store/store.module.js';
import { AwaitedJobs } from './awaited-jobs.js';
import { BatchOcrProcessor } from './batch-ocr.processor.js';
import { ImageJobs } from './image-jobs.js';
import { ImageProcessor } from './image.processor.js';
import { ImageResults } from './image-results.js';
import { ImageSources } from './image-sources.js';
import { JobAdder } from './job-adder.js';
import { JobAdmission } from './job-admission.js';
import { JobCanceller } from './job-canceller.js';
import { JobFlows } from './job-flows.js';
import { JobFollowing } from './job-following.js';
import { JobMeter } from './job-meter.js';
import { bullQueuesProvider, JobQueues, queueOptions } from './job-queues.js';
import { JobRecords } from './job-records.js';
import { JobReplies } from './job-replies.js';
import { JobSubmitter } from './job-submitter.js';
import { JobsService } from './jobs.service.js';
import { JOB_KINDS, KIND_NAMES, kindsOf, type JobKind } from './kinds.js';
import { LaunchProcessor } from './launch.processor.js';
import { ledgerProviders } from './ledger/ledger.providers.js';
import { LeftJobs } from './left-jobs.js';
import { ModelJobs } from './model-jobs.js';
import { OcrJobs } from './ocr-jobs.js';
import { OcrProcessor } from './ocr.processor.js';
import { PullProcessor } from './pull.processor.js';
import { RunningJobs } from './running-jobs.js';
import { SpeechJobs } from './speech-jobs.js';
import { SpeechProcessor } from './speech.processor.js';
import { WaiterLeases } from './waiter-leases.js';
import { WaitingJobs } from './waiting-jobs.js';
import { Workers } from './workers.js';

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
