import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import type { ErrorCode } from '../../../inference/errors.js';
import { JOB_STATES, type JobState } from '../../../jobs/core/job.js';
import { KIND_NAMES, type JobKind } from '../../../jobs/kinds/kinds.js';

export class JobProgressBody {
  /**
   * How much is done
   * @example 1258291200
   */
  done!: number;

  /**
   * How much there is to do
   * @example 2019377696
   */
  total!: number;

  /**
   * What is counted
   * @example "bytes"
   */
  unit!: string;

  /**
   * Seconds until the end at the pace so far; null while that is not known
   * @example 42
   */
  remaining_seconds!: number | null;

  /** The picture as it is now, where previews were asked for */
  preview_url?: string;
}

export class JobErrorBody {
  /**
   * One of the closed list of error codes
   * @example "insufficient_storage"
   */
  code!: ErrorCode;

  /**
   * What went wrong, and what to do
   * @example "The disk has 1.2 GB free; the model needs 2.0 GB."
   */
  message!: string;
}

export class JobBody {
  /**
   * The job's id
   * @example "pull_5f0c9d1b2a7e4c3d8f6a1b2c"
   */
  id!: string;

  /**
   * What it does
   * @example "pull"
   */
  @ApiProperty({ enum: KIND_NAMES })
  kind!: JobKind;

  /**
   * How it stands
   * @example "active"
   */
  state!: JobState;

  /** How far it is; null before its first report */
  progress!: JobProgressBody | null;

  /**
   * Its place in the queue, from 1; null once it is at work or has ended
   * @example null
   */
  position!: number | null;

  /**
   * How often it was begun
   * @example 1
   */
  attempts!: number;

  /**
   * When it was asked for, ISO 8601
   * @example "2026-11-21T09:30:00.000Z"
   */
  created_at!: string;

  /**
   * When its last run began
   * @example "2026-11-21T09:30:00.120Z"
   */
  started_at!: string | null;

  /**
   * When it ended
   * @example null
   */
  finished_at!: string | null;

  /** Why it failed; null while it has not */
  error!: JobErrorBody | null;

  /**
   * Where its result is, while there is one
   * @example null
   */
  result_url!: string | null;
}

export class JobListBody {
  /** The key's jobs, the newest first */
  jobs!: JobBody[];
}

export class JobListQuery {
  /**
   * Only jobs in this state
   * @example "active"
   */
  @IsOptional()
  @IsIn(JOB_STATES)
  state?: JobState;

  /**
   * Only jobs of this kind
   * @example "pull"
   */
  @IsOptional()
  @IsIn(KIND_NAMES)
  @ApiPropertyOptional({ enum: KIND_NAMES })
  kind?: JobKind;

  /** At most so many */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number = 100;
}
