"""The JSON files beside the graphs: an Idefics3 model without image splitting, as transformers.js reads it."""
from vision.sequence import CHAT_TEMPLATE
from vision.shape import CONTEXT, FEED_FORWARD, HEAD_WIDTH, HEADS, IMAGE_TOKENS, LAYERS, ROPE_BASE, SIDE, WIDTH
from vision.tokenizer import END, IMAGE, PAD, START, UNKNOWN, Tokenizer

LONGEST_ANSWER = 96  # tokens


def files(tokenizer: Tokenizer) -> dict[str, dict]:
    """Contents by file name."""
    ids = {
        "bos_token_id": tokenizer.special[START],
        "eos_token_id": tokenizer.special[END],
        "pad_token_id": tokenizer.special[PAD],
    }
    return {
        "config.json": _config(len(tokenizer), tokenizer.special[IMAGE], ids),
        "generation_config.json": {**ids, "do_sample": False, "max_new_tokens": LONGEST_ANSWER},
        "preprocessor_config.json": _preprocessor(),
        "processor_config.json": {"processor_class": "Idefics3Processor", "image_seq_len": IMAGE_TOKENS},
        "tokenizer.json": tokenizer.as_json(),
        "tokenizer_config.json": _tokenizer_config(),
    }


def _config(vocabulary: int, image_token: int, ids: dict[str, int]) -> dict:
    text = {
        "model_type": "llama",
        "hidden_size": WIDTH,
        "intermediate_size": FEED_FORWARD,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": HEADS,
        "head_dim": HEAD_WIDTH,
        "rope_theta": ROPE_BASE,
        "max_position_embeddings": CONTEXT,
        "tie_word_embeddings": True,
        "vocab_size": vocabulary,
        **ids,
    }
    return {
        "architectures": ["Idefics3ForConditionalGeneration"],
        "model_type": "idefics3",
        "image_token_id": image_token,
        "scale_factor": 1,
        "text_config": text,
        "vision_config": {
            "model_type": "idefics3_vision",
            "image_size": SIDE,
            "patch_size": SIDE,
            "hidden_size": WIDTH,
        },
        "vocab_size": vocabulary,
        "torch_dtype": "float32",
        **ids,
    }


def _preprocessor() -> dict:
    """Any picture becomes one square of SIDE, without regard to its aspect; resampling 1 is Lanczos."""
    return {
        "processor_class": "Idefics3Processor",
        "image_processor_type": "Idefics3ImageProcessor",
        "do_convert_rgb": True,
        "do_resize": True,
        "size": {"height": SIDE, "width": SIDE},
        "resample": 1,
        "do_image_splitting": False,
        "max_image_size": {"longest_edge": SIDE},
        "do_pad": False,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
    }


def _tokenizer_config() -> dict:
    return {
        "tokenizer_class": "GPT2Tokenizer",
        "add_prefix_space": False,
        "bos_token": START,
        "eos_token": END,
        "pad_token": PAD,
        "unk_token": UNKNOWN,
        "model_max_length": CONTEXT,
        "clean_up_tokenization_spaces": False,
        "chat_template": CHAT_TEMPLATE,
    }
