import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  classifierSettings,
  detectorSettings,
  recogniserSettings,
} from '../../src/inference/engines/paddle-ocr/model-settings.js';
import { planModel, type ModelPlan } from '../../src/inference/engines/paddle-ocr/ocr-model.js';
import { ModelFolder } from './support/model-folder.js';
import { onnxFile } from './support/onnx-file.js';

const folder = new ModelFolder();

beforeEach(() => folder.create());

afterEach(() => folder.remove());

describe('settings', () => {
  const EXPORTED = `
PreProcess:
  transform_ops:
  - DecodeImage: { channel_first: false, img_mode: RGB }
  - DetResizeForTest: { resize_long: 960 }
  - NormalizeImage: { mean: [0.1, 0.2, 0.3], order: hwc, scale: 1./255., std: [0.4, 0.5, 0.6] }
  - ToCHWImage: null
PostProcess: { name: DBPostProcess, thresh: 0.2, box_thresh: 0.45, max_candidates: 3000, unclip_ratio: 1.4 }
`;

  async function settingsWith(files: Readonly<Record<string, string>>): Promise<ModelPlan> {
    await folder.put({ 'det.onnx': onnxFile(), 'rec.onnx': onnxFile(), 'dict.txt': 'a\n', ...files });
    return planModel(folder.path, undefined);
  }

  it('are PaddleOCR’s when nothing says otherwise', async () => {
    const { detecting, recognising } = await settingsWith({});
    expect(detectorSettings(detecting)).toEqual({
      resize: { type: 'max', side: 1600 },
      normalisation: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], channels: 'BGR' },
      boxes: { thresh: 0.3, boxThresh: 0.6, unclipRatio: 1.5, maxCandidates: 1000, minSize: 3, useDilation: false },
    });
    const half = [0.5, 0.5, 0.5];
    expect(recogniserSettings(null, recognising)).toEqual({
      height: 48,
      minWidth: 320,
      normalisation: { mean: half, std: half, channels: 'BGR' },
      minConfidence: 0.5,
    });
    expect(recogniserSettings(32, recognising).height).toBe(32);
  });

  it('are read from what was exported with the detector', async () => {
    const { detecting, recognising } = await settingsWith({ 'inference.yml': EXPORTED });
    expect(detectorSettings(detecting)).toMatchObject({
      normalisation: { mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6], channels: 'RGB' },
      boxes: { thresh: 0.2, boxThresh: 0.45, unclipRatio: 1.4, maxCandidates: 3000 },
    });
    // It is the detector's: the recogniser's pictures stay as they are.
    expect(recogniserSettings(null, recognising).normalisation.channels).toBe('BGR');
  });

  it('of the folder’s own file go first', async () => {
    const own = {
      model_type: 'paddle-ocr',
      channel_order: 'BGR',
      drop_score: 0.3,
      det: { limit_type: 'min', limit_side_len: 736, unclip_ratio: 1.8, use_dilation: true },
      rec: { image_shape: [3, 32, 100], mean: 0.4 },
    };
    const { detecting, recognising } = await settingsWith({
      'inference.yml': EXPORTED,
      'config.json': JSON.stringify(own),
    });
    expect(detectorSettings(detecting)).toMatchObject({
      resize: { type: 'min', side: 736 },
      normalisation: { channels: 'BGR' },
      boxes: { unclipRatio: 1.8, thresh: 0.2, useDilation: true },
    });
    expect(recogniserSettings(null, recognising)).toMatchObject({
      height: 32,
      minWidth: 100,
      normalisation: { mean: [0.4, 0.4, 0.4] },
      minConfidence: 0.3,
    });
  });

  it('of another’s config.json are left alone', async () => {
    const { detecting } = await settingsWith({ 'config.json': '{"Global": {}, "det": {"thresh": "high"}}' });
    expect(detectorSettings(detecting).boxes.thresh).toBe(0.3);
  });

  it('that make no sense are refused by name', async () => {
    const config = (det: object): Record<string, string> => ({
      'config.json': JSON.stringify({ model_type: 'paddle-ocr', det }),
    });
    const refused = async (det: object): Promise<string> =>
      folder.refusalOf(async () => detectorSettings((await settingsWith(config(det))).detecting));
    expect(await refused({ thresh: 3 })).toBe('det.thresh in config.json has to be a number from 0 to 1');
    expect(await refused({ mean: [1, 2] })).toBe('det.mean in config.json has to be three numbers');
    expect(await refused({ limit_type: 'big' })).toMatch(/^det\.limit_type in config\.json has to be one of max, min/);
    await folder.put({ 'config.json': '{"model_type": ' });
    expect(await folder.refusalOf(() => planModel(folder.path, undefined))).toBe(
      'config.json cannot be read: it is neither YAML nor JSON',
    );
  });

  it('of a classifier are told by its input, or by its name', () => {
    expect(classifierSettings('cls.onnx', 48)).toMatchObject({ width: 192, height: 48, stretch: false });
    expect(classifierSettings('cls.onnx', 80)).toMatchObject({ width: 160, height: 80, stretch: true });
    expect(classifierSettings('PP-LCNet_x1_0_textline_ori.onnx', null)).toMatchObject({ height: 80 });
    expect(classifierSettings('cls.onnx', null)).toMatchObject({ height: 48, normalisation: { channels: 'BGR' } });
  });
});
