"""The seam to a model: what every encoder can do, and which encoder a job's model asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from remote_worker.gpu import settle_memory
from remote_worker.protocol import PRACTICE, ModelSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    from remote_worker.tuner import Meter


@dataclass(frozen=True)
class Loaded:
    """What was loaded, as the manifest will tell it."""

    device: str  # "cpu" or the GPU's name
    model: str
    revision: str
    dimensions: int
    recipe: dict[str, Any]
    gpu_uuid: str = ""  # of several: with commas between them
    told: tuple[str, str] = ("", "")  # a Notice of where the model lies, and its detail


@dataclass(frozen=True)
class Prepared:
    """One text, and the size of its picture, as the encoder wants them."""

    tokens: int  # the room it takes in a batch, its picture counted
    content: Any
    cut: str = ""  # what was left out because the recipe allows no more; "" = nothing
    flops: float = 0.0  # what it costs; 0 = not known, as its tokens


class Encoder(Protocol):
    """A model that is ready. ``prepare`` and ``prepare_image`` are called by other threads while it computes."""

    loaded: Loaded
    with_images: bool
    window_rows: int  # how many rows it wants to choose from when a batch is put together
    budget_tokens: int  # the size of a batch, padding counted; where there is a ``meter``, that finds another
    picture_edge: int  # pictures are shrunk to this edge anyway; 0 = it wants them as they are

    def prepare(self, texts: Sequence[str], sizes: Sequence[tuple[int, int] | None]) -> list[Prepared]:
        """``sizes``: width and height of each one's picture. An empty text is one of the picture alone."""

    def prepare_image(self, picture: Image) -> Any:
        """One picture as ``encode`` wants it."""

    def encode(self, batch: Sequence[Prepared], images: Sequence[Any]) -> NDArray[np.float32]:
        """Unit vectors [n, dimensions] in the order given; ``images`` as ``prepare_image`` made them, None = none.

        Raises whatever ``failures.is_out_of_memory`` recognises when the batch is too large.
        """


class Flight(Protocol):
    """A batch on its way through the model."""

    busy_s: float  # what the device took for it; known when the vectors are
    idle_s: float  # how long it had nothing to do before

    def landed(self) -> bool:
        """Whether ``vectors`` would not have to wait."""

    def vectors(self) -> NDArray[np.float32]:
        """As ``Encoder.encode`` gives them."""


@runtime_checkable
class Launcher(Protocol):
    """What an encoder does as well that computes beside the program, as on a GPU."""

    pads: bool  # rows of a batch cost as much as the longest of them
    meter: Meter | None  # of the memory that batches take; None = it is not limited by that

    def launch(self, batch: Sequence[Prepared], images: Sequence[Any]) -> Flight:
        """Like ``encode``, without waiting for the end of it."""


Load = Callable[[ModelSpec], Encoder]


def load_encoder(spec: ModelSpec) -> Encoder:
    """Raises JobFailed (MODEL_MISSING, MODEL_UNUSABLE, DISK_FULL), ImportError when a package is missing."""
    if spec.name == PRACTICE:
        from remote_worker.practice import PracticeEncoder

        return PracticeEncoder(spec)
    from remote_worker.hub import find_model
    from remote_worker.recipe import SERIES, read_recipe
    from remote_worker.series import SeriesEncoder
    from remote_worker.transformer import TransformerEncoder
    from remote_worker.vision import VisionEncoder

    settle_memory()
    files = find_model(spec)
    recipe = read_recipe(files.folder, spec)
    if spec.recipe == SERIES:
        return SeriesEncoder(files, recipe, spec)
    return (VisionEncoder if recipe.with_images else TransformerEncoder)(files, recipe, spec)
