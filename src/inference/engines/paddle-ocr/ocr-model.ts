import { sizeOfFile } from '../onnx/onnx-file.js';
import { OnnxSession } from '../onnx/onnx-session.js';
import { AngleClassifier } from './angle-classifier.js';
import { readDictionary, type Dictionary } from './dictionary.js';
import { LineRecogniser } from './line-recogniser.js';
import { filesOf, isBeside, recogniseFiles, type ModelFiles } from './model-files.js';
import { classifierSettings, detectorSettings, recogniserSettings, type SettingsSources } from './model-settings.js';
import { PageReader } from './page-reader.js';
import { readSettings, Settings } from './settings-file.js';
import { TextDetector } from './text-detector.js';

/** What is known of a model before any of it is loaded. */
export interface ModelPlan {
  readonly folder: string;
  readonly files: ModelFiles;
  readonly detecting: SettingsSources;
  readonly recognising: SettingsSources;
  readonly dictionary: Dictionary;
  /** Bytes of its ONNX files. */
  readonly bytes: number;
}

const OWN_SETTINGS = 'config.json';
/** What `model_type` in {@link OWN_SETTINGS} says: PaddleOCR's exports have a file of that name, too. */
const MODEL_TYPE = 'paddle-ocr';

/** Finds the parts of a model; `listed` are those of its folder's files that are its own. Throws {@link InitError}. */
export async function planModel(folder: string, listed: readonly string[] | undefined): Promise<ModelPlan> {
  const all = listed ?? (await filesOf(folder));
  const own = await ownSettings(folder, all);
  const [detector, recogniser] = [own.at('det', 'model').text(), own.at('rec', 'model').text()];
  const files = recogniseFiles(all, {
    ...(detector === null ? {} : { detector }),
    ...(recogniser === null ? {} : { recogniser }),
  });
  const bytes = await Promise.all(
    [files.detector, files.recogniser, files.classifier ?? []].flat().map((file) => sizeOfFile(folder, file)),
  );
  const detecting = { own, exported: await exportedSettings(folder, files, files.detector, 'DBPostProcess') };
  const recognising = { own, exported: await exportedSettings(folder, files, files.recogniser, 'CTCLabelDecode') };
  const dictionary = await readDictionary(folder, files, recognising);
  return { folder, files, detecting, recognising, dictionary, bytes: bytes.reduce((a, b) => a + b, 0) };
}

/** Loads a model. `onProgress` gets 0..1. Throws {@link InitError}. */
export async function loadModel(
  { folder, files, detecting, recognising, dictionary }: ModelPlan,
  threads: number,
  onProgress: (fraction: number) => void,
): Promise<PageReader> {
  const open = (file: string): Promise<OnnxSession> => OnnxSession.open(folder, file, threads);
  const detector = await TextDetector.create(await open(files.detector), detectorSettings(detecting));
  onProgress(1 / 3);
  const session = await open(files.recogniser);
  const settings = recogniserSettings(session.inputShape[2] ?? null, recognising);
  const recogniser = await LineRecogniser.create(session, settings, dictionary);
  onProgress(2 / 3);
  const classifier = files.classifier === null ? null : classifierOf(await open(files.classifier));
  onProgress(1);
  return new PageReader(detector, classifier, recogniser, settings.minConfidence);
}

function classifierOf(session: OnnxSession): AngleClassifier {
  return new AngleClassifier(session, classifierSettings(session.file, session.inputShape[2] ?? null));
}

async function ownSettings(folder: string, files: readonly string[]): Promise<Settings> {
  if (files.includes(OWN_SETTINGS)) {
    const settings = await readSettings(folder, OWN_SETTINGS);
    if (settings.at('model_type').text() === MODEL_TYPE) return settings;
  }
  return new Settings(undefined, OWN_SETTINGS);
}

/** What PaddleOCR exported beside a model: the YAML file whose post-processing is that of such a model. */
async function exportedSettings(
  folder: string,
  { others }: ModelFiles,
  model: string,
  postProcess: string,
): Promise<Settings> {
  for (const file of others) {
    if (!/\.ya?ml$/i.test(file) || !isBeside(file, model)) continue;
    const settings = await readSettings(folder, file);
    if (settings.at('PostProcess', 'name').text() === postProcess) return settings;
  }
  return new Settings(undefined, model);
}
