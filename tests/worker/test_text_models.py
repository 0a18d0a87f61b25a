"""Text models give the vectors that their authors' own code gives."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from remote_worker.encoder import Encoder, load_encoder
from remote_worker.failures import JobFailed
from remote_worker.protocol import Failure, ModelSpec
from tests.worker import tiny
from tests.worker.jobs import cosines, text

TEXTS = [text(number) for number in range(10)] + ["word", " spaces around ", "줄\n바꿈", "긴 글 " * 60]


def encoded(encoder: Encoder, texts: Sequence[str]) -> np.ndarray:
    return encoder.encode(encoder.prepare(texts, [None] * len(texts)), [None] * len(texts))


def one_at_a_time(encoder: Encoder, texts: Sequence[str]) -> np.ndarray:
    return np.concatenate([encoded(encoder, [one]) for one in texts])


def by_sentence_transformers(folder: Path, texts: Sequence[str], **options: object) -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    return model.encode_document(list(texts), show_progress_bar=False, **options)


@pytest.fixture
def copy_of(tmp_path: Path):
    """A model's folder that a test may change."""

    def copied(folder: Path) -> Path:
        return Path(shutil.copytree(folder, tmp_path / "model"))

    return copied


def test_minilm_equals_sentence_transformers(minilm: Path) -> None:
    encoder = load_encoder(ModelSpec(str(minilm)))
    assert cosines(encoded(encoder, TEXTS), by_sentence_transformers(minilm, TEXTS)).min() >= 0.9999
    assert encoder.loaded.dimensions == 384
    assert encoder.loaded.recipe["pooling"] == "mean"
    assert encoder.loaded.recipe["max_tokens"] == 256


def test_qwen3_equals_sentence_transformers(tiny_qwen3: Path) -> None:
    encoder = load_encoder(ModelSpec(str(tiny_qwen3)))
    assert cosines(encoded(encoder, TEXTS), by_sentence_transformers(tiny_qwen3, TEXTS)).min() >= 0.9999


def test_a_vector_does_not_depend_on_what_else_is_in_the_batch(tiny_qwen3: Path, minilm: Path) -> None:
    for folder in (tiny_qwen3, minilm):
        encoder = load_encoder(ModelSpec(str(folder), precision="fp32"))
        alone = one_at_a_time(encoder, TEXTS)
        assert cosines(encoded(encoder, TEXTS), alone).min() >= 0.99999
        assert cosines(encoded(encoder, TEXTS[::-1])[::-1], alone).min() >= 0.99999


def test_a_text_too_long_is_cut_and_keeps_the_end_token(tiny_qwen3: Path) -> None:
    encoder = load_encoder(ModelSpec(str(tiny_qwen3), max_tokens=32))
    (prepared,) = encoder.prepare(["긴 글 " * 60], [None])
    end = tiny.tokenizer().convert_tokens_to_ids("<|endoftext|>")
    assert prepared.tokens == len(prepared.content) == 32
    assert prepared.content[-1] == end
    assert "cut to 32" in prepared.cut


def test_an_end_token_that_the_tokenizer_forgets_is_appended_and_said(tiny_qwen3: Path, tmp_path: Path) -> None:
    forgetful = load_encoder(ModelSpec(str(tiny.qwen3(tmp_path / "model", appends_end=False)), max_tokens=64))
    remembers = load_encoder(ModelSpec(str(tiny_qwen3), max_tokens=64))
    assert cosines(encoded(forgetful, TEXTS), encoded(remembers, TEXTS)).min() >= 0.99999
    assert "appended" in forgetful.loaded.recipe["end_token"]
    assert "by the tokenizer" in remembers.loaded.recipe["end_token"]


def test_fewer_dimensions_are_the_first_ones_at_length_one(tiny_qwen3: Path) -> None:
    whole = encoded(load_encoder(ModelSpec(str(tiny_qwen3))), TEXTS)
    short = encoded(load_encoder(ModelSpec(str(tiny_qwen3), dimensions=32)), TEXTS)
    assert short.shape == (len(TEXTS), 32)
    assert cosines(short, whole[:, :32]).min() >= 0.99999
    assert np.abs(np.linalg.norm(short, axis=1) - 1).max() < 1e-5


def test_the_mean_recipe_is_the_loop_that_was_used_before_vector_for_vector(tiny_qwen3: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    words, model = AutoTokenizer.from_pretrained(tiny_qwen3), AutoModel.from_pretrained(tiny_qwen3).eval()
    expected = []
    everything = [*TEXTS, "더 긴 글 " * 2000]  # more than it reads
    for one in everything:
        inputs = words(f"Represent this.\n{one}", return_tensors="pt", truncation=True, max_length=8192)
        with torch.inference_mode():
            states = model(**inputs).last_hidden_state
        mask = inputs["attention_mask"].unsqueeze(-1)
        pooled = (states * mask).sum(1) / mask.sum(1)
        expected.append(torch.nn.functional.normalize(pooled, dim=-1)[0].numpy())
    encoder = load_encoder(ModelSpec(str(tiny_qwen3), recipe="mean", instruction="Represent this."))
    assert np.abs(one_at_a_time(encoder, everything) - np.array(expected)).max() < 2e-6
    assert encoder.loaded.recipe["template"] == "Represent this.\n{text}"
    official = encoded(load_encoder(ModelSpec(str(tiny_qwen3))), TEXTS)
    assert cosines(official, np.array(expected)[: len(TEXTS)]).max() < 0.999


def test_questions_get_the_prompt_that_the_makers_ask_with(tiny_qwen3: Path, copy_of) -> None:
    from sentence_transformers import SentenceTransformer

    asked = load_encoder(ModelSpec(str(tiny_qwen3), recipe="query"))
    theirs = SentenceTransformer(str(tiny_qwen3), device="cpu").encode_query(TEXTS[:9], show_progress_bar=False)
    assert cosines(encoded(asked, TEXTS[:9]), theirs).min() >= 0.9999
    own = load_encoder(ModelSpec(str(tiny_qwen3), recipe="query", instruction=" Find the same exercise "))
    assert own.loaded.recipe["template"] == "Instruct: Find the same exercise\nQuery:{text}"
    bare = copy_of(tiny_qwen3)
    (bare / "config_sentence_transformers.json").unlink()
    makers = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:{text}"
    assert load_encoder(ModelSpec(str(bare), recipe="query")).loaded.recipe["template"] == makers
    assert load_encoder(ModelSpec(str(bare))).loaded.recipe["template"] == "{text}"


def test_documents_of_qwen3_get_no_instruction(tiny_qwen3: Path) -> None:
    encoder = load_encoder(ModelSpec(str(tiny_qwen3), instruction="Represent this."))
    assert encoder.loaded.recipe["template"] == "{text}"
    assert encoder.loaded.recipe["instruction"] == ""


def test_fp16_is_refused_for_qwen3(tiny_qwen3: Path) -> None:
    with pytest.raises(JobFailed, match="fp16") as refused:
        load_encoder(ModelSpec(str(tiny_qwen3), precision="fp16"))
    assert refused.value.failure is Failure.MODEL_UNUSABLE


@pytest.mark.skipif(torch.cuda.is_available(), reason="says what happens without a GPU")
def test_without_a_gpu_it_computes_in_fp32_and_says_why(minilm: Path) -> None:
    recipe = load_encoder(ModelSpec(str(minilm), precision="bf16")).loaded.recipe
    assert recipe["precision"] == "fp32"
    assert "bf16" in recipe["precision_why"]
    assert "precision_why" not in load_encoder(ModelSpec(str(minilm), precision="fp32")).loaded.recipe


@pytest.mark.parametrize(
    "mode", ["cls_token", "max_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken"]
)
def test_every_pooling_of_sentence_transformers(mode: str, tiny_qwen3: Path, copy_of) -> None:
    folder = copy_of(tiny_qwen3)
    keys = ("cls_token", "max_tokens", "mean_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken")
    pooling = {f"pooling_mode_{key}": key == mode for key in keys}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"word_embedding_dimension": 64, **pooling}))
    texts = TEXTS[:12]
    ours = encoded(load_encoder(ModelSpec(str(folder), precision="fp32")), texts)
    assert cosines(ours, by_sentence_transformers(folder, texts)).min() >= 0.9999


def test_a_model_without_modules_is_read_by_what_is_known_of_its_kind(minilm: Path, tiny_qwen3: Path, copy_of) -> None:
    for folder, pooling in ((minilm, "mean"), (tiny_qwen3, "lasttoken")):
        bare = copy_of(folder)
        (bare / "modules.json").unlink()
        encoder = load_encoder(ModelSpec(str(bare)))
        assert encoder.loaded.recipe["pooling"] == pooling
        expected = encoded(load_encoder(ModelSpec(str(folder))), TEXTS[:9])
        assert cosines(encoded(encoder, TEXTS[:9]), expected).min() >= 0.99999
        shutil.rmtree(bare)


def test_dense_layers_two_poolings_a_prompt_and_a_length(minilm: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer, models

    torch.manual_seed(3)
    words = models.Transformer(str(minilm), max_seq_length=24)
    pooling = models.Pooling(384, pooling_mode=("cls", "mean"))
    dense = models.Dense(768, 96)
    folder = tmp_path / "model"
    prompts = {"document": "passage: ", "query": "query: "}
    SentenceTransformer(modules=[words, pooling, dense, models.Normalize()], prompts=prompts).save(str(folder))
    encoder = load_encoder(ModelSpec(str(folder)))
    assert cosines(encoded(encoder, TEXTS), by_sentence_transformers(folder, TEXTS)).min() >= 0.9999
    assert encoder.loaded.dimensions == 96
    assert encoder.loaded.recipe["max_tokens"] == 24
    assert encoder.loaded.recipe["template"] == "passage: {text}"


def test_the_transformer_may_lie_in_a_folder_of_its_own(minilm: Path, tmp_path: Path) -> None:
    """As older versions of sentence-transformers saved it."""
    folder = Path(shutil.copytree(minilm, tmp_path / "model"))
    inner = folder / "0_Transformer"
    inner.mkdir()
    for path in [path for path in folder.iterdir() if path.is_file() and path.name != "modules.json"]:
        path.rename(inner / path.name)
    modules = json.loads((folder / "modules.json").read_text())
    modules[0]["path"] = "0_Transformer"
    (folder / "modules.json").write_text(json.dumps(modules))
    encoder = load_encoder(ModelSpec(str(folder)))
    assert encoder.loaded.recipe["max_tokens"] == 256
    assert cosines(encoded(encoder, TEXTS), encoded(load_encoder(ModelSpec(str(minilm))), TEXTS)).min() >= 0.99999


def test_pickled_weights_are_never_opened(minilm: Path, copy_of) -> None:
    folder = copy_of(minilm)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(JobFailed, match="safetensors") as refused:
        load_encoder(ModelSpec(str(folder)))
    assert refused.value.failure is Failure.MODEL_UNUSABLE


def test_code_in_a_models_folder_is_never_run(minilm: Path, copy_of, tmp_path: Path) -> None:
    folder = copy_of(minilm)
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "surprise", "auto_map": {"AutoConfig": "surprise.Config", "AutoModel": "surprise.Model"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "surprise.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()")
    with pytest.raises(JobFailed) as refused:
        load_encoder(ModelSpec(str(folder)))
    assert refused.value.failure is Failure.MODEL_UNUSABLE
    assert not (tmp_path / "ran").exists()


def cut_weights(folder: Path) -> None:
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: len(whole) // 2])


def lose_a_layer(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    save_file({key: value for key, value in weights.items() if "layers.1" not in key}, folder / "model.safetensors")


def garble_config(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def lose_tokenizer(folder: Path) -> None:
    for path in folder.glob("tokenizer*"):
        path.unlink()


def ask_for_an_unknown_module(folder: Path) -> None:
    modules = json.loads((folder / "modules.json").read_text())
    modules[2]["type"] = "sentence_transformers.models.LSTM"
    (folder / "modules.json").write_text(json.dumps(modules))


@pytest.mark.parametrize(
    "damage", [cut_weights, lose_a_layer, garble_config, lose_tokenizer, ask_for_an_unknown_module]
)
def test_a_damaged_model_is_unusable_and_never_half_random(damage, tiny_qwen3: Path, copy_of) -> None:
    folder = copy_of(tiny_qwen3)
    damage(folder)
    with pytest.raises(JobFailed) as refused:
        load_encoder(ModelSpec(str(folder)))
    assert refused.value.failure is Failure.MODEL_UNUSABLE
    assert "\n" not in refused.value.detail


@pytest.mark.parametrize("name", ["/nowhere/model", "../model", "a/b/c", "", "name with spaces"])
def test_a_model_that_is_nowhere_is_missing(name: str, tmp_path: Path) -> None:
    with pytest.raises(JobFailed) as refused:
        load_encoder(ModelSpec(name))
    assert refused.value.failure is Failure.MODEL_MISSING


def test_more_dimensions_than_the_model_has_are_refused(tiny_qwen3: Path) -> None:
    with pytest.raises(JobFailed, match="64"):
        load_encoder(ModelSpec(str(tiny_qwen3), dimensions=65))
