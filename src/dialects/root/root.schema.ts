import { LlamaLocalHealth } from '../llama-local/llama-local.schema.js';

export class RootWelcome {
  /**
   * Name of this service
   * @example "Parley"
   */
  message!: string;

  /**
   * Its version
   * @example "0.1.0"
   */
  version!: string;

  /**
   * Where the documentation is
   * @example "/docs"
   */
  docs!: string;

  /**
   * Where the health is
   * @example "/health"
   */
  health!: string;

  /**
   * Where rkllama's own project lives
   * @example "https://github.com/notpunhnox/rkllama"
   */
  github!: string;
}

export class RootVisionModel {
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
   * @example "4M"
   */
  params!: string | null;
}

export class RootModels {
  /** Models on disk, as `rkllama` lists them
   * @example ["starter-chat"]
   */
  models!: string[];

  /** Models that can read images, as `chatvlm` lists them */
  available!: RootVisionModel[];

  /** Models that are loaded now
   * @example ["starter-chat"]
   */
  loaded!: string[];
}

export class RootHealth extends LlamaLocalHealth {
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
   * Names of the models that are loaded now
   * @example ["starter-chat"]
   */
  loaded_models!: string[];
}
