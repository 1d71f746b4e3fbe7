/** `{"detail": …}`, as FastAPI answers. */
export class ChatvlmError {
  /**
   * What went wrong
   * @example "There is no model named \"invalid_model\"."
   */
  detail!: string;
}

export class ChatvlmLine {
  /**
   * Its text
   * @example "Invoice No. 2024-117"
   */
  text!: string;

  /**
   * Mean probability of its characters, 0 to 1
   * @example 0.98
   */
  confidence!: number;

  /**
   * Corners in pixels: top left, top right, bottom right, bottom left
   * @example [[40, 48], [330, 48], [330, 80], [40, 80]]
   */
  box!: number[][];
}

export class ChatvlmPage {
  /**
   * Its width and height in pixels
   * @example [1920, 1080]
   */
  image_size!: number[];

  /** Its lines in reading order */
  lines!: ChatvlmLine[];
}

export class ChatvlmOcrResponse {
  /**
   * The text, line by line; an empty line between pages
   * @example "Invoice No. 2024-117"
   */
  text!: string;

  /**
   * The model that read it
   * @example "starter-ocr"
   */
  model!: string;

  /**
   * Seconds that it took
   * @example 0.231
   */
  processing_time!: number;

  /**
   * Width and height of the picture in pixels
   * @example [1920, 1080]
   */
  image_size!: number[];

  /**
   * The hint that was given
   * @example "Russian"
   */
  language!: string | null;

  /** With `details=true`: the pages; null where a vision model read, which tells no places */
  pages?: ChatvlmPage[] | null;
}

export class ChatvlmChatResponse {
  /**
   * The answer
   * @example "A red circle on a blue background."
   */
  response!: string;

  /**
   * The model that answered
   * @example "starter-vision"
   */
  model!: string;

  /**
   * Seconds that it took
   * @example 0.412
   */
  processing_time!: number;

  /**
   * The question
   * @example "Describe this image"
   */
  prompt!: string;
}

export class ChatvlmBatchItem {
  /**
   * What the client calls the file
   * @example "doc1.jpg"
   */
  filename!: string;

  /**
   * Its text, where it was read
   * @example "Invoice No. 2024-117"
   */
  text?: string;

  /**
   * Seconds that it took, where it was read
   * @example 0.231
   */
  processing_time?: number;

  /**
   * Why it was not read
   * @example "The file is larger than 10 MB."
   */
  error?: string;

  /** Whether it was read */
  status!: 'success' | 'error';
}

export class ChatvlmBatchResponse {
  /** The files in the order in which they were sent */
  results!: ChatvlmBatchItem[];

  /**
   * How many there are
   * @example 3
   */
  total!: number;

  /**
   * How many were read
   * @example 3
   */
  successful!: number;

  /**
   * How many were not
   * @example 0
   */
  failed!: number;
}

export class ChatvlmModel {
  /**
   * What requests call the model
   * @example "starter-vision"
   */
  id!: string;

  /**
   * Its name for people
   * @example "Starter vision"
   */
  name!: string;

  /**
   * Number of its parameters
   * @example "2B"
   */
  params!: string | null;
}

export class ChatvlmModels {
  /** Models that can read pictures, installed or not */
  available!: ChatvlmModel[];

  /**
   * Those of them that are loaded now
   * @example ["starter-vision"]
   */
  loaded!: string[];
}

export class ChatvlmHealth {
  /** @example "healthy" */
  status!: 'healthy';

  /**
   * Whether a loaded model uses a GPU
   * @example false
   */
  gpu_available!: boolean;

  /**
   * Name of the GPU in use; null without one
   * @example null
   */
  gpu_name!: string | null;

  /**
   * Number of models that are loaded now
   * @example 1
   */
  models_loaded!: number;

  /**
   * Their ids
   * @example ["starter-vision"]
   */
  loaded_models!: string[];
}

export class ChatvlmWelcome {
  /** @example "Parley" */
  message!: string;

  /** @example "0.1.0" */
  version!: string;

  /** @example "/docs" */
  docs!: string;

  /** @example "/health" */
  health!: string;
}

export class ChatvlmUnloaded {
  /** @example "success" */
  status!: 'success';

  /** @example "Model starter-vision unloaded" */
  message!: string;
}
