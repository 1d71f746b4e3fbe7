import type { ResizeRule } from './detector-size.js';
import type { Normalisation } from './normalisation.js';
import { Settings } from './settings-file.js';
import type { BoxSettings } from './text-boxes.js';

export interface DetectorSettings {
  readonly resize: ResizeRule;
  readonly normalisation: Normalisation;
  readonly boxes: BoxSettings;
}

export interface RecogniserSettings {
  /** Pixels of a line's picture. */
  readonly height: number;
  /** Narrower lines are padded to this. */
  readonly minWidth: number;
  readonly normalisation: Normalisation;
  /** Lines below this confidence are left out: PaddleOCR's `drop_score`. */
  readonly minConfidence: number;
}

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
const CHANNELS = ['BGR', 'RGB'] as const;
const LIMIT_TYPES = ['max', 'min', 'resize_long'] as const;
const MAX_PIXELS = 10_000;
/**
 * Longer side of a page in pixels. PaddleOCR 2 made it 960, and so would the `resize_long` of a PP-OCRv5 `inference.yml`:
 * the print of an A4 page is then some 10 pixels high, and PP-OCRv3 makes 89 pieces of its 55 lines, where 1280 and more
 * find all. PaddleOCR 3 takes pages as they are, up to 4000, which takes a CPU many seconds and gigabytes.
 */
const DEFAULT_RESIZE: ResizeRule = { type: 'max', side: 1600 };

/** What says how a model wants its pictures. Fields that neither has are as in PaddleOCR. */
export interface SettingsSources {
  /** `config.json` of the folder, of our own layout; its fields go first. */
  readonly own: Settings;
  /** `inference.yml`, which PaddleOCR exports beside a model. */
  readonly exported: Settings;
}

export function detectorSettings({ own, exported }: SettingsSources): DetectorSettings {
  const mine = own.at('det');
  const steps = exported.at('PreProcess', 'transform_ops');
  const box = (name: string, least: number, most: number): number | null =>
    mine.at(name).number(least, most) ?? exported.at('PostProcess', name).number(least, most);
  return {
    resize: resizeRule(mine),
    normalisation: {
      mean: mine.at('mean').triple() ?? steps.step('NormalizeImage').at('mean').triple() ?? IMAGENET.mean,
      std: mine.at('std').triple() ?? steps.step('NormalizeImage').at('std').triple() ?? IMAGENET.std,
      channels: channelsOf({ own, exported }),
    },
    boxes: {
      thresh: box('thresh', 0, 1) ?? 0.3,
      boxThresh: box('box_thresh', 0, 1) ?? 0.6,
      unclipRatio: box('unclip_ratio', 0, 10) ?? 1.5,
      maxCandidates: box('max_candidates', 1, 100_000) ?? 1000,
      minSize: box('min_size', 0, 100) ?? 3,
      useDilation: /^true$/i.test(mine.at('use_dilation').text() ?? ''),
    },
  };
}

/** `height` is what the model itself says of its input; null when it takes any. */
export function recogniserSettings(height: number | null, { own, exported }: SettingsSources): RecogniserSettings {
  const mine = own.at('rec');
  const exportedShape = exported.at('PreProcess', 'transform_ops').step('RecResizeImg').at('image_shape').triple();
  const [, shapeHeight = 48, shapeWidth = 320] = mine.at('image_shape').triple() ?? exportedShape ?? [];
  return {
    height: height ?? shapeHeight,
    minWidth: shapeWidth,
    normalisation: {
      mean: mine.at('mean').triple() ?? HALF.mean,
      std: mine.at('std').triple() ?? HALF.std,
      channels: channelsOf({ own, exported }),
    },
    minConfidence: own.at('drop_score').number(0, 1) ?? 0.5,
  };
}

/** How an angle classifier wants a line's picture. */
export interface ClassifierSettings {
  readonly width: number;
  readonly height: number;
  /** Whether lines are stretched to that size, or keep their shape and are padded. */
  readonly stretch: boolean;
  readonly normalisation: Normalisation;
}

/** PP-LCNet's `textline_ori` of PaddleOCR 3. */
const LCNET: ClassifierSettings = {
  width: 160,
  height: 80,
  stretch: true,
  normalisation: { ...IMAGENET, channels: 'RGB' },
};
/** `ch_ppocr_mobile_v2.0_cls`, the one of all versions before. */
const MOBILE: ClassifierSettings = {
  width: 192,
  height: 48,
  stretch: false,
  normalisation: { ...HALF, channels: 'BGR' },
};

/** Told by the model's input, and by its name when that takes any size. */
export function classifierSettings(file: string, height: number | null): ClassifierSettings {
  return height === LCNET.height || (height === null && /lcnet|textline/i.test(file)) ? LCNET : MOBILE;
}

function resizeRule(mine: Settings): ResizeRule {
  return {
    type: mine.at('limit_type').oneOf(LIMIT_TYPES) ?? DEFAULT_RESIZE.type,
    side: mine.at('limit_side_len').number(32, MAX_PIXELS) ?? DEFAULT_RESIZE.side,
  };
}

function channelsOf({ own, exported }: SettingsSources): Normalisation['channels'] {
  const decoding = exported.at('PreProcess', 'transform_ops').step('DecodeImage').at('img_mode');
  return own.at('channel_order').oneOf(CHANNELS) ?? decoding.oneOf(CHANNELS) ?? 'BGR';
}
