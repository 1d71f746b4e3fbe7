import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PictureLinks } from '../../../egress/picture-links.js';
import { ImageJobs, type ImageRequest } from '../../../jobs/kinds/image-jobs.js';
import { ImageResults } from '../../../jobs/kinds/image-results.js';
import type { SourceFiles } from '../../../jobs/kinds/image-sources.js';
import type { JobView } from '../../../jobs/core/job.js';
import { JobReplies } from '../../../jobs/core/job-replies.js';
import type { ImageResult } from '../../../jobs/kinds/kinds.js';
import type { Client } from '../../../http/request/client.js';
import { jobRequesterOf, type LongRequest } from '../../../http/request/long-request.js';
import { toImageRequest } from './openai-images.codec.js';
import type { OpenAiImageEditForm, OpenAiImageRequest, OpenAiImageResponse } from './openai-images.schema.js';

type Form = 'url' | 'b64_json';

/** Names of the answers, kept in jobs. */
const REPLIES = { url: 'openai.images.url', b64_json: 'openai.images.b64' } as const satisfies Record<Form, string>;

/** What an edit starts from: links that a JSON body names, or files of a form. */
export interface EditSource<T> {
  readonly image: T;
  readonly mask: T | null;
}

/** `/v1/images/*`: jobs, whose answers are waited for unless the client wants them later. */
@Injectable()
export class OpenAiImages implements OnModuleInit {
  constructor(
    private readonly jobs: ImageJobs,
    private readonly results: ImageResults,
    private readonly links: PictureLinks,
    private readonly replies: JobReplies,
  ) {}

  onModuleInit(): void {
    for (const form of ['url', 'b64_json'] as const) {
      this.replies.register(REPLIES[form], async (result, base) => ({
        contentType: 'application/json; charset=utf-8',
        body: JSON.stringify(await this.toResponse(result as ImageResult, form, base)),
      }));
    }
  }

  begin(body: OpenAiImageRequest, client: Client, long: LongRequest): Promise<JobView> {
    return this.submit(toImageRequest(body), body, client, long);
  }

  /** Draws over pictures that are here. */
  beginEdit(
    body: OpenAiImageEditForm,
    { image, mask }: EditSource<Uint8Array>,
    client: Client,
    long: LongRequest,
  ): Promise<JobView> {
    const source = (): Promise<SourceFiles> => Promise.resolve(sourceOf(image, mask, body));
    return this.submit({ ...toImageRequest(body), source }, body, client, long);
  }

  /** Draws over pictures that have to be fetched first. */
  beginEditOfLinks(
    body: OpenAiImageEditForm,
    { image, mask }: EditSource<string>,
    client: Client,
    long: LongRequest,
  ): Promise<JobView> {
    const source = async (): Promise<SourceFiles> => {
      const [picture, hole] = await Promise.all([
        this.links.fetch(image, 'image', client),
        mask === null ? null : this.links.fetch(mask, 'mask', client),
      ]);
      return sourceOf(picture, hole, body);
    };
    return this.submit({ ...toImageRequest(body), source }, body, client, long);
  }

  /** Waits for a job. */
  result({ id }: JobView, { keyId, signal }: Client): Promise<ImageResult> {
    return this.results.until(id, keyId, signal);
  }

  async toResponse(result: ImageResult, form: Form, base: string): Promise<OpenAiImageResponse> {
    const data = await Promise.all(
      result.pictures.map(async (picture) =>
        form === 'url'
          ? { url: `${base}/files/${picture.file}` }
          : { b64_json: (await this.results.read(picture)).toString('base64') },
      ),
    );
    return { code: 0, message: 'success', created: result.created, data };
  }

  private submit(
    request: ImageRequest,
    { response_format: form }: OpenAiImageRequest,
    client: Client,
    long: LongRequest,
  ): Promise<JobView> {
    return this.jobs.submit(request, REPLIES[form ?? 'url'], jobRequesterOf(client, long));
  }
}

function sourceOf(image: Uint8Array, mask: Uint8Array | null, { strength }: OpenAiImageEditForm): SourceFiles {
  return { image, ...(mask !== null && { mask }), ...(strength != null && { strength }) };
}
