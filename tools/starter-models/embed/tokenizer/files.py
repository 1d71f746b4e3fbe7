"""The tokenizer's files as transformers.js reads them."""
from embed.tokenizer.wordpiece import CLS, PREFIX, SEP, SPECIAL

Json = dict[str, object]


def tokenizer_json(pieces: list[str]) -> Json:
    """`tokenizer.json`: the vocabulary and how text is normalised and split."""
    special = [
        dict(id=number, content=piece, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
        for number, piece in enumerate(SPECIAL)
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": special,
        "normalizer": {
            "type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
            "strip_accents": True, "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": _post_processor(),
        "decoder": {"type": "WordPiece", "prefix": PREFIX, "cleanup": True},
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": PREFIX,
            "max_input_chars_per_word": 100,
            "vocab": {piece: number for number, piece in enumerate(pieces)},
        },
    }


def tokenizer_config(max_length: int) -> Json:
    """`tokenizer_config.json`; longer texts are cut at `max_length` pieces."""
    return {
        "tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": max_length,
        **special_tokens_map(),
    }


def special_tokens_map() -> Json:
    """`special_tokens_map.json`: which piece plays which part, as `"cls_token": "[CLS]"`."""
    return {f"{piece.strip('[]').lower()}_token": piece for piece in SPECIAL}


def _post_processor() -> Json:
    cls, sep = {"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}
    second = [{"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": "[SEP]", "type_id": 1}}]
    single = [cls, {"Sequence": {"id": "A", "type_id": 0}}, sep]
    return {
        "type": "TemplateProcessing",
        "single": single,
        "pair": single + second,
        "special_tokens": {
            "[CLS]": {"id": "[CLS]", "ids": [CLS], "tokens": ["[CLS]"]},
            "[SEP]": {"id": "[SEP]", "ids": [SEP], "tokens": ["[SEP]"]},
        },
    }
