"""Writes the trained model in the layout of diffusers' ONNX pipelines.

    python3 -m image.export
"""
from pathlib import Path

from common.process import prepare

if __name__ == "__main__":
    prepare(threads=1)

import onnx
import torch

from image.autoencoder import load_autoencoder
from image.captions import words
from image.models.diffusion import Diffusion
from image.models.text_encoder import WIDTH
from image.paths import EXPORTED
from image.schedule import SCHEDULER
from image.tokenizer import LENGTH, Tokenizer, write_json
from image.train_diffusion import CHECKPOINT

OPSET = 14
LATENT_AXES = {0: "batch_size", 2: "height", 3: "width"}
PIXEL_AXES = {0: "batch_size", 2: "image_height", 3: "image_width"}
TEXT_AXES = {0: "batch_size", 1: "sequence_length"}


def load_diffusion(tokenizer: Tokenizer) -> Diffusion:
    """The averaged weights in single precision."""
    model = Diffusion(tokenizer)
    model.load_state_dict(torch.load(CHECKPOINT)["average"])
    return model.eval()


def write_graph(model: torch.nn.Module, examples: tuple, folder: Path, inputs: dict, outputs: dict) -> None:
    """`inputs` and `outputs` give each name's dynamic axes."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    torch.onnx.export(
        model, examples, str(path), input_names=list(inputs), output_names=list(outputs),
        dynamic_axes={**inputs, **outputs}, opset_version=OPSET,
    )  # fmt: skip
    graph = onnx.load(str(path)).graph
    assert [one.name for one in graph.input] == list(inputs), "the exporter drops inputs that are not used"


def write_models(diffusion: Diffusion, folder: Path) -> float:
    """All four graphs; returns the latents' scaling factor."""
    ids = torch.full((2, LENGTH), diffusion.text_encoder.end, dtype=torch.int32)
    text_outputs = {"last_hidden_state": TEXT_AXES, "pooler_output": {0: "batch_size"}}
    write_graph(diffusion.text_encoder, (ids,), folder / "text_encoder", {"input_ids": TEXT_AXES}, text_outputs)
    noise = (torch.randn(2, 4, 12, 16), torch.tensor([999]), torch.randn(2, LENGTH, WIDTH))
    unet_inputs = {"sample": LATENT_AXES, "timestep": {}, "encoder_hidden_states": TEXT_AXES}
    write_graph(diffusion.unet, noise, folder / "unet", unet_inputs, {"out_sample": LATENT_AXES})
    vae, scaling = load_autoencoder()
    latents, pixels = torch.randn(1, 4, 12, 16), torch.randn(1, 3, 96, 128)
    write_graph(vae.decoder, (latents,), folder / "vae_decoder", {"latent_sample": LATENT_AXES}, {"sample": PIXEL_AXES})
    write_graph(vae.encoder, (pixels,), folder / "vae_encoder", {"sample": PIXEL_AXES}, {"latent_sample": LATENT_AXES})
    return scaling


def write_configs(folder: Path, tokenizer: Tokenizer, scaling: float) -> None:
    text = {"_class_name": "CLIPTextModel", "architectures": ["CLIPTextModel"], "model_type": "clip_text_model"}
    text |= {"hidden_size": WIDTH, "max_position_embeddings": LENGTH, "vocab_size": len(tokenizer.vocabulary)}
    text |= {"bos_token_id": tokenizer.start, "eos_token_id": tokenizer.end}
    unet = {"_class_name": "UNet2DConditionModel", "in_channels": 4, "out_channels": 4, "sample_size": 128}
    unet |= {"cross_attention_dim": WIDTH, "time_cond_proj_dim": None}
    vae = {"_class_name": "AutoencoderKL", "in_channels": 3, "out_channels": 3, "latent_channels": 4}
    vae |= {"scaling_factor": scaling, "block_out_channels": [32, 32, 64, 64], "sample_size": 1024}
    configs = {"text_encoder": text, "unet": unet, "vae_decoder": vae, "vae_encoder": vae}
    for name, config in configs.items():
        write_json(folder / name / "config.json", config)
    (folder / "scheduler").mkdir(exist_ok=True)
    write_json(folder / "scheduler" / "scheduler_config.json", SCHEDULER)
    index = {"_class_name": "OnnxStableDiffusionPipeline", "_diffusers_version": "0.24.0"}
    index |= {name: ["diffusers", "OnnxRuntimeModel"] for name in configs}
    index |= {"scheduler": ["diffusers", SCHEDULER["_class_name"]], "tokenizer": ["transformers", "CLIPTokenizer"]}
    write_json(folder / "model_index.json", index | {"safety_checker": [None, None], "feature_extractor": [None, None]})


def main() -> None:
    tokenizer = Tokenizer(words())
    diffusion = load_diffusion(tokenizer)
    scaling = write_models(diffusion, EXPORTED)
    tokenizer.save(EXPORTED / "tokenizer")
    write_configs(EXPORTED, tokenizer, scaling)
    files = [path for path in EXPORTED.rglob("*") if path.is_file()]
    print(f"{EXPORTED}: {len(files)} files, {sum(path.stat().st_size for path in files):,} bytes")


if __name__ == "__main__":
    main()
