import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobReplies } from '../../jobs/core/job-replies.js';

/** Name of the launch's answer, kept in jobs. */
export const LAUNCH_REPLY = 'ml-backend.launch';

/** What a launch answers once it is done: `null`. */
@Injectable()
export class LaunchReply implements OnModuleInit {
  constructor(private readonly replies: JobReplies) {}

  onModuleInit(): void {
    this.replies.register(LAUNCH_REPLY, () => ({ contentType: 'application/json; charset=utf-8', body: 'null' }));
  }
}
