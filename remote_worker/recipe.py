"""How a model wants to be used, read from its own folder: pooling, prompts, lengths, layers after the pooling."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remote_worker.failures import JobFailed
from remote_worker.protocol import Failure, ModelSpec

POOLINGS = ("cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken")  # joined in this order
ACTIVATIONS = ("Identity", "Tanh", "ReLU", "GELU", "SiLU", "Sigmoid")
QWEN3_VL = "qwen3_vl"
SERIES = "series"
_QWEN3 = "qwen3"
_QWEN_VL_INSTRUCTION = "Represent the user's input."
_QWEN_TASK = "Given a web search query, retrieve relevant passages that answer the query"
_POOLING_KEYS = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}


@dataclass(frozen=True)
class DenseLayer:
    folder: str  # below the model's
    in_features: int
    out_features: int
    bias: bool
    activation: str  # one of ACTIVATIONS


@dataclass(frozen=True)
class Recipe:
    source: str  # where it comes from, for the manifest
    model_type: str
    pooling: tuple[str, ...]
    folder: str = ""  # of the transformer, below the model's
    prompt: str = ""  # set before every text
    instruction: str = ""  # the system text of a chat template
    chat: bool = False  # texts go through the model's chat template
    max_tokens: int = 0  # 0 = what the tokenizer and the model's positions allow
    lower_case: bool = False
    dense: tuple[DenseLayer, ...] = ()

    @property
    def with_images(self) -> bool:
        return self.model_type == QWEN3_VL

    @property
    def ends_with_token(self) -> bool:
        """Trained to be read at an end token of its own, which therefore must be there."""
        return self.model_type in (_QWEN3, QWEN3_VL) and self.pooling == ("lasttoken",)

    @property
    def overflows_in_fp16(self) -> bool:
        return self.model_type == _QWEN3


def read_recipe(folder: Path, spec: ModelSpec) -> Recipe:
    """Raises JobFailed(MODEL_UNUSABLE) when the folder is no model, or one that would need more than is done here."""
    modules = _modules(folder, spec.name)
    transformer = modules[0]["path"] if modules else ""
    config = _json(folder / transformer / "config.json")
    if not isinstance(config, dict) or not isinstance(config.get("model_type"), str):
        raise JobFailed(Failure.MODEL_UNUSABLE, f"{spec.name}: no config.json that names a type of model")
    if not any((folder / transformer).glob("*.safetensors")):
        raise JobFailed(Failure.MODEL_UNUSABLE, f"{spec.name}: no weights as safetensors; other formats are not opened")
    model_type = config["model_type"]
    if spec.recipe == "mean":
        prompt = f"{spec.instruction}\n" if spec.instruction else ""
        return Recipe("mean, the loop that was used before", model_type, ("mean",), transformer, prompt)
    if spec.recipe == SERIES and model_type != QWEN3_VL:
        return Recipe("TimeKD: numbers and words do not see each other", model_type, ("lasttoken",), transformer)
    if spec.recipe not in ("official", "query"):
        known = "official, query or mean"
        raise JobFailed(Failure.MODEL_UNUSABLE, f"there is no recipe {spec.recipe!r} here; it is {known}")
    if model_type == QWEN3_VL:
        instruction = _sentence(spec.instruction) or _QWEN_VL_INSTRUCTION
        return Recipe("Qwen3-VL-Embedding", model_type, ("lasttoken",), instruction=instruction, chat=True)
    prompt = _prompt(folder, model_type, spec)
    if modules:
        return _by_modules(folder, spec.name, model_type, modules, prompt)
    if model_type == _QWEN3:
        return Recipe("Qwen3-Embedding", model_type, ("lasttoken",), prompt=prompt)
    return Recipe("no modules.json: mean", model_type, ("mean",), prompt=prompt)


def _modules(folder: Path, name: str) -> list[dict[str, Any]]:
    """What modules.json lists, in order; nothing when there is none."""
    modules = _json(folder / "modules.json")
    if modules is None:
        return []
    try:
        ordered: list[dict[str, Any]] = sorted(modules, key=lambda module: int(module["idx"]))
        for at, module in enumerate(ordered):
            is_transformer = module["type"].endswith(".Transformer")
            if not module["type"].startswith("sentence_transformers.") or is_transformer != (at == 0):
                raise ValueError(f"a module {module['type']} at place {at}")
            if ".." in Path(module["path"]).parts or Path(module["path"]).is_absolute():
                raise ValueError(f"a module in {module['path']}")
    except (ValueError, KeyError, TypeError, AttributeError) as foreign:
        raise _foreign(name, foreign) from foreign
    return ordered


def _foreign(name: str, why: Exception) -> JobFailed:
    return JobFailed(Failure.MODEL_UNUSABLE, f"{name}: modules.json has what is not known here: {why}")


def _by_modules(folder: Path, name: str, model_type: str, modules: list[dict[str, Any]], prompt: str) -> Recipe:
    """As sentence-transformers would use it."""
    pooling: tuple[str, ...] = ()
    dense: list[DenseLayer] = []
    transformer = modules[0]["path"]
    lengths = _json(folder / transformer / "sentence_bert_config.json") or {}
    try:
        for module in modules[1:]:
            kind = module["type"].rpartition(".")[2]
            settings = _json(folder / module["path"] / "config.json") or {}
            if kind == "Pooling":
                pooling = _pooling(settings)
                if prompt and not settings.get("include_prompt", True):
                    raise ValueError("its prompt is left out of the pooling")
            elif kind == "Dense":
                dense.append(_dense(module["path"], settings))
            elif kind != "Normalize":
                raise ValueError(f"a module {kind}")
        if not pooling:
            raise ValueError("no pooling")
        return Recipe(
            source="modules.json",
            model_type=model_type,
            pooling=pooling,
            folder=transformer,
            prompt=prompt,
            max_tokens=int(lengths.get("max_seq_length") or 0),
            lower_case=bool(lengths.get("do_lower_case")),
            dense=tuple(dense),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as foreign:
        raise _foreign(name, foreign) from foreign


def _pooling(settings: dict[str, Any]) -> tuple[str, ...]:
    named = settings.get("pooling_mode")
    if named is not None:
        modes = (named,) if isinstance(named, str) else tuple(named)
    else:
        modes = tuple(mode for key, mode in _POOLING_KEYS.items() if settings.get(key)) or ("mean",)
    if not set(modes) <= set(POOLINGS):
        raise ValueError(f"a pooling {modes}")
    return modes


def _dense(path: str, settings: dict[str, Any]) -> DenseLayer:
    activation = str(settings.get("activation_function", "torch.nn.modules.activation.Tanh"))
    kind = activation.rpartition(".")[2]
    if not activation.startswith("torch.") or kind not in ACTIVATIONS or settings.get("use_residual"):
        raise ValueError(f"a dense layer with {activation}")
    for end in ("module_input_name", "module_output_name"):
        if settings.get(end) not in (None, "sentence_embedding"):
            raise ValueError(f"a dense layer from or to {settings[end]}")
    return DenseLayer(path, settings["in_features"], settings["out_features"], bool(settings.get("bias", True)), kind)


def _prompt(folder: Path, model_type: str, spec: ModelSpec) -> str:
    """What the model's authors set before a text: one that is to be found, or (``query``) that asks."""
    asks = spec.recipe == "query"
    if asks and model_type == _QWEN3 and spec.instruction.strip():
        return f"Instruct: {spec.instruction.strip()}\nQuery:"
    settings = _json(folder / "config_sentence_transformers.json")
    prompts = settings.get("prompts") if isinstance(settings, dict) else None
    if isinstance(settings, dict) and isinstance(prompts, dict):
        names = ("query", "question") if asks else ("document", "passage", "corpus")
        for name in (*names, settings.get("default_prompt_name")):
            if isinstance(prompts.get(name), str):
                return str(prompts[name])
    return f"Instruct: {_QWEN_TASK}\nQuery:" if asks and model_type == _QWEN3 else ""


def _sentence(instruction: str) -> str:
    """With a full stop unless it ends with punctuation, as the model's authors do it."""
    text = instruction.strip()
    return text if not text or unicodedata.category(text[-1]).startswith("P") else text + "."


def _json(path: Path) -> Any:
    """None when there is no such file. Raises JobFailed(MODEL_UNUSABLE) when it is not JSON."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValueError, OSError, RecursionError) as broken:
        raise JobFailed(Failure.MODEL_UNUSABLE, f"{path.name} cannot be read: {broken}") from broken
