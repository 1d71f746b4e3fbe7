import { IsIn, IsNumber, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { AUDIO_FORMATS, type AudioFormat } from '../../../inference/speech-tasks.js';

const MAX_INPUT = 4096;

export class OpenAiSpeechRequest {
  /**
   * The model that speaks; default DEFAULT_SPEECH_MODEL
   * @example "starter-voice"
   */
  @IsOptional()
  @IsString()
  model?: string | null;

  /**
   * What to say
   * @example "Hello, and welcome."
   */
  @IsString()
  @MinLength(1)
  @MaxLength(MAX_INPUT)
  input!: string;

  /**
   * A speaker of the model, by name or number; a model, where `model` is absent; or `model/speaker`. OpenAI's names (alloy,
   * …) stand for the default voice. The voice that speaks is told in `X-Voice`
   * @example "alloy"
   */
  @IsOptional()
  @IsString()
  voice?: string | null;

  /** opus comes in Ogg; pcm is 24 kHz, 16 bits, mono, little-endian. Default mp3 */
  @IsOptional()
  @IsIn(AUDIO_FORMATS)
  response_format?: AudioFormat | null;

  /** 1 is the voice's own pace */
  @IsOptional()
  @IsNumber()
  @Min(0.25)
  @Max(4)
  speed?: number | null;

  /** Not supported: the voice has one manner */
  @IsOptional()
  @IsString()
  instructions?: string | null;

  /** `audio`: the bytes as they are made */
  @IsOptional()
  @IsString()
  stream_format?: string | null;
}
