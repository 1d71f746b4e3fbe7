import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { charactersOf, symbolsOf } from '../../src/inference/engines/paddle-ocr/dictionary.js';
import { recogniseFiles } from '../../src/inference/engines/paddle-ocr/model-files.js';
import { planModel, type ModelPlan } from '../../src/inference/engines/paddle-ocr/ocr-model.js';
import { ModelFolder } from './support/model-folder.js';
import { onnxFile } from './support/onnx-file.js';

const folder = new ModelFolder();
const plan = (listed?: readonly string[]): Promise<ModelPlan> => planModel(folder.path, listed);

beforeEach(() => folder.create());

afterEach(() => folder.remove());

describe('the parts of a model', () => {
  it.each([
    ['the starter model', 'det.onnx', 'rec.onnx', null],
    ['RapidOCR', 'PP-OCRv4/ch_PP-OCRv4_det_infer.onnx', 'PP-OCRv4/ch_PP-OCRv4_rec_infer.onnx', 'PP-OCRv1/ch_ppocr_mobile_v2.0_cls_infer.onnx'],
    ['a repository of languages', 'detection/v5/det.onnx', 'languages/latin/rec.onnx', null],
    ['PaddleOCR 3', 'PP-OCRv5_server_det_onnx/inference.onnx', 'PP-OCRv5_server_rec_onnx/inference.onnx', 'PP-LCNet_x1_0_textline_ori_onnx/inference.onnx'],
    ['folders by role', 'det/inference.onnx', 'rec/inference.onnx', 'cls/inference.onnx'],
    ['long words', 'text_detection.onnx', 'text-recognition.onnx', 'angle_classifier.onnx'],
    ['no words', 'ppocrdet.onnx', 'ppocrrec.onnx', null],
  ])('are known in %s', (_, detector, recogniser, classifier) => {
    const files = [detector, recogniser, ...(classifier === null ? [] : [classifier]), 'README.md'];
    expect(recogniseFiles(files)).toEqual({ detector, recogniser, classifier, others: ['README.md'] });
  }); // prettier-ignore

  it('leave out models of whole pages', () => {
    const files = ['PP-LCNet_x1_0_doc_ori/inference.onnx', 'det.onnx', 'layout_det.onnx', 'rec.onnx', 'table_rec.onnx'];
    expect(recogniseFiles(files)).toMatchObject({ detector: 'det.onnx', recogniser: 'rec.onnx', classifier: null });
  });

  it('are asked for when they are missing, and when there are several', async () => {
    expect(await folder.refusalOf(() => plan())).toBe(
      'its folder lacks a text detector: add one, called det.onnx for example',
    );
    await folder.put({ 'det.onnx': onnxFile() });
    expect(await folder.refusalOf(() => plan())).toMatch(/lacks a text recogniser/);
    await folder.put({ 'en/rec.onnx': onnxFile(), 'fr/rec.onnx': onnxFile(), 'fr/dict.txt': 'a\n' });
    expect(await folder.refusalOf(() => plan())).toBe(
      'its folder has more than one recogniser, en/rec.onnx, fr/rec.onnx: leave one',
    );
    const { files } = await plan(['det.onnx', 'fr/rec.onnx', 'fr/dict.txt']);
    expect(files.recogniser).toBe('fr/rec.onnx');
  });

  it('have to be whole files', async () => {
    await folder.put({ 'det.onnx': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n', 'rec.onnx': onnxFile(), 'dict.txt': 'a\n' }); // prettier-ignore
    expect(await folder.refusalOf(() => plan())).toMatch(/^det\.onnx is a Git LFS pointer/);
    await folder.put({ 'det.onnx': '' });
    expect(await folder.refusalOf(() => plan())).toMatch(/^det\.onnx is empty/);
    expect(await folder.refusalOf(() => plan(['det.onnx', 'rec2.onnx', 'dict.txt']))).toMatch(/is empty|missing/);
  });
});

describe('a dictionary', () => {
  const models = { 'det.onnx': onnxFile(), 'rec.onnx': onnxFile() };

  it('has a character a line, and no line is trimmed', () => {
    expect(charactersOf('a\n \n\u3000\nb\n')).toEqual(['a', ' ', '\u3000', 'b']);
    expect(charactersOf('\uFEFFa\r\nb')).toEqual(['a', 'b']);
    expect(charactersOf('a\n\n')).toEqual(['a', '']);
  });

  it('is the classes but the blank, first, and the space, last', () => {
    const dictionary = { characters: ['a', 'b'], source: 'dict.txt' };
    expect(symbolsOf(dictionary, 4, 'rec.onnx')).toEqual(['', 'a', 'b', ' ']);
    expect(symbolsOf(dictionary, 3, 'rec.onnx')).toEqual(['', 'a', 'b']);
    expect(() => symbolsOf(dictionary, 6625, 'rec.onnx')).toThrow(
      'its dictionary, dict.txt, has 2 characters, but rec.onnx knows 6623: they do not belong together',
    );
  });

  it('is found beside the recogniser', async () => {
    await folder.put({ ...models, 'ppocr_keys_v1.txt': 'x\ny\n', 'notes.txt': 'z' });
    expect((await plan()).dictionary).toEqual({ characters: ['x', 'y'], source: 'ppocr_keys_v1.txt' });
    await folder.put({ 'latin_dict.txt': 'a\n' });
    expect(await folder.refusalOf(() => plan())).toMatch(
      /more than one dictionary, latin_dict\.txt, ppocr_keys_v1\.txt/,
    );
    await folder.put({ 'config.json': '{"model_type": "paddle-ocr", "rec": {"keys": "latin_dict.txt"}}' });
    expect((await plan()).dictionary.characters).toEqual(['a']);
  });

  it('is found inside the recogniser', async () => {
    await folder.put({ 'det.onnx': onnxFile(), 'rec.onnx': onnxFile({ framework: 'x', character: 'я\n1\n \n' }) });
    expect((await plan()).dictionary).toEqual({ characters: ['я', '1', ' '], source: 'the one inside rec.onnx' });
  });

  it('is found in what was exported with the recogniser', async () => {
    const yml = 'PostProcess:\n  name: CTCLabelDecode\n  character_dict:\n  - "\'"\n  - 1\n  - ~\n  - y\n  - \u3000\n';
    await folder.put({ 'det/inference.onnx': onnxFile(), 'rec/inference.onnx': onnxFile(), 'rec/inference.yml': yml });
    expect((await plan()).dictionary.characters).toEqual(["'", '1', '~', 'y', '\u3000']);
  });

  it('is asked for when there is none', async () => {
    await folder.put(models);
    expect(await folder.refusalOf(() => plan())).toBe(
      'its folder lacks the dictionary of rec.onnx: add it as dict.txt',
    );
  });
});
