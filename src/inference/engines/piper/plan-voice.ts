import { InitError } from '../engine.js';
import { textOf } from '../onnx/json.js';
import { planKokoro } from './kokoro/kokoro-voice.js';
import { planPiper } from './piper/piper-voice.js';
import { planVits } from './vits/vits-voice.js';
import { VoiceFiles } from './voice-files.js';
import type { VoicePlan } from './voice.js';

/**
 * The folder's layout says what kind of voice it is: settings beside the model, `x.onnx` and `x.onnx.json`, are Piper's;
 * else `config.json` names the kind, as transformers.js has it. Throws {@link InitError}.
 */
export async function planVoice(folder: string, only?: readonly string[]): Promise<VoicePlan> {
  const files = new VoiceFiles(folder, only);
  const settings = files.names.filter((name) => name.endsWith('.onnx.json'));
  const [piper, another] = settings;
  if (piper !== undefined && another !== undefined) {
    throw new InitError('invalid-file', `its folder holds several voices, ${settings.join(', ')}: leave one`);
  }
  if (piper !== undefined) return planPiper(files, piper);
  if (!files.names.includes('config.json')) {
    throw new InitError('invalid-file', 'its folder lacks the settings of a voice: an .onnx.json beside its .onnx');
  }
  const kind = textOf(files.json('config.json').model_type);
  if (kind === 'vits') return planVits(files);
  if (kind === 'style_text_to_speech_2') return planKokoro(files);
  throw new InitError(
    'invalid-file',
    `its config.json says that it is "${kind ?? 'nothing'}", which is no voice we know`,
  );
}
