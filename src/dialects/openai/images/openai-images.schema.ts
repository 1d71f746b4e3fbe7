import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsOptional, IsString, Matches, Max, Min, MinLength } from 'class-validator';
import { PICTURE_TYPES, type PictureEncoding } from '../../../domains/images/picture-encoding.js';

const MAX_SEED = 2 ** 32 - 1;

export class OpenAiImageRequest {
  /**
   * The model that draws; default DEFAULT_IMAGE_MODEL
   * @example "starter-image"
   */
  @IsOptional()
  @IsString()
  model?: string | null;

  /**
   * What to draw
   * @example "a red circle on a blue background"
   */
  @IsString()
  @MinLength(1)
  prompt!: string;

  /** Pictures to draw, each with the seed after the one before */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(10)
  n?: number | null;

  /**
   * `auto`, the model's own size (an edit: the picture's); else width x height, multiples of 8 from 64 to the model's limit
   * @example "512x512"
   */
  @IsOptional()
  @Matches(/^(auto|\d{1,5}x\d{1,5})$/, { message: 'size must be "auto", or width and height as in "512x512"' })
  size?: string | null;

  /** `url`: a link that expires with FILES_TTL; `b64_json`: the file itself in base64. Default url */
  @IsOptional()
  @IsIn(['url', 'b64_json'])
  response_format?: 'url' | 'b64_json' | null;

  /** Format of the file; only PNG says in its text chunk what it was made with. Default png */
  @IsOptional()
  @IsIn(PICTURE_TYPES)
  output_format?: PictureEncoding['type'] | null;

  /** Quality of JPEG and WebP, 1 to 100 */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  output_compression?: number | null;

  /** Equal seeds and parameters give equal bytes; default a random one, told in `X-Seed` */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(MAX_SEED)
  seed?: number | null;

  /** Denoising steps; default the model's own */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  steps?: number | null;

  /** Weight of the prompt in classifier-free guidance; 1 is none. Default the model's own */
  @IsOptional()
  @Type(() => Number)
  @IsNumber()
  @Min(0)
  @Max(50)
  guidance_scale?: number | null;

  /** What the picture must not show */
  @IsOptional()
  @IsString()
  negative_prompt?: string | null;

  /** Shows the picture as it is after every so many steps, as `preview_url` of the job's progress */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  preview_every?: number | null;

  /** `auto` or `standard`: there is one quality */
  @IsOptional()
  @IsString()
  quality?: string | null;

  /** Not supported: say it in the prompt */
  @IsOptional()
  @IsString()
  style?: string | null;

  /** `auto` or `opaque` */
  @IsOptional()
  @IsString()
  background?: string | null;

  /** Not supported: follow the job's events instead */
  @IsOptional()
  stream?: boolean | null;

  /** Who the end user is; not used */
  @IsOptional()
  @IsString()
  user?: string | null;
}

export class OpenAiImageEditForm extends OpenAiImageRequest {
  /** How far from the picture the new one may go, above 0 to 1; default the model's own */
  @IsOptional()
  @Type(() => Number)
  @IsNumber()
  @Min(0)
  @Max(1)
  strength?: number | null;
}

export class OpenAiImageEditRequest extends OpenAiImageEditForm {
  /**
   * The picture to edit: an http(s) link or a data URI
   * @example "https://example.org/circle.png"
   */
  @IsString()
  @MinLength(1)
  image!: string;

  /** A picture that is transparent, or white where it has no transparency, where new is to be drawn; default everywhere */
  @IsOptional()
  @IsString()
  mask?: string | null;
}

export class OpenAiImage {
  /**
   * Where the picture is
   * @example "http://localhost:8000/files/4fJ8mX0cQqzVtq9Wb3v1sN5yR7uE2aLk.png"
   */
  url?: string;

  /** The picture in base64 */
  b64_json?: string;
}

export class OpenAiImageResponse {
  /**
   * Always 0: it worked
   * @example 0
   */
  code!: number;

  /** @example "success" */
  message!: string;

  /**
   * Seconds since 1970
   * @example 1760000000
   */
  created!: number;

  /** The pictures */
  data!: OpenAiImage[];
}
