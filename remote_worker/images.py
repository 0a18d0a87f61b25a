"""Pictures from strangers: size from the header first, then decoded upright, as RGB on white, within bounds."""

from __future__ import annotations

import threading
import warnings
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remote_worker.cores import cores
from remote_worker.protocol import RowProblem

if TYPE_CHECKING:
    from PIL.Image import Image

    from remote_worker.encoder import Encoder

_MOST_READERS = 8
LARGEST_PIXELS = 100_000_000
_LONGEST_EDGE = 65_535
_MOST_ELONGATED = 200  # a rule or a spacer; the big models refuse it
_LARGE_PIXELS = 16_000_000
# Decoders of the formats that people have; Pillow's others start programs or follow references.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
_ORIENTATION = 0x0112
_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # EXIF orientation -> PIL.Image.Transpose

_one_large_picture = threading.Lock()


class PictureProblem(Exception):
    """This picture cannot be used; ``problem`` and ``detail`` say why."""

    def __init__(self, problem: RowProblem, detail: str) -> None:
        super().__init__(f"{problem.value}: {detail}")
        self.problem = problem
        self.detail = detail


class PictureReader:
    """Reads pictures ahead, in threads, as the encoder wants them."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._threads = ThreadPoolExecutor(min(_MOST_READERS, cores()), "pictures")
        self._reading: dict[int, Future[Any]] = {}

    def want(self, row: int, path: Path) -> None:
        if row not in self._reading:
            self._reading[row] = self._threads.submit(self._read, path)

    def take(self, row: int) -> Any:
        """Raises PictureProblem."""
        return self._reading[row].result()

    def forget(self, row: int) -> None:
        self._reading.pop(row, None)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _read(self, path: Path) -> Any:
        return self._encoder.prepare_image(read_picture(path, self._encoder.picture_edge))


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height by the header alone. Raises PictureProblem."""
    with _opened(path) as picture:
        return picture.size


def read_picture(path: Path, enough_edge: int = 0) -> Image:
    """The picture upright, as RGB, what is transparent on white. Raises PictureProblem.

    ``enough_edge``: a caller who shrinks it to this edge anyway allows the decoder to shrink while decoding.
    """
    with _opened(path) as picture:
        # Two or three copies exist while it is converted: of large ones only one at a time.
        width, height = picture.size
        with _one_large_picture if width * height > _LARGE_PIXELS else nullcontext():
            return _decoded(picture, enough_edge)


def _opened(path: Path) -> Image:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow's about large pictures and odd metadata
            Image.init()
            picture = Image.open(path, formats=_FORMATS)
    except UnidentifiedImageError as unknown:
        empty = path.stat().st_size == 0
        detail = "the file is empty" if empty else "not a picture in a known format"
        raise PictureProblem(RowProblem.IMAGE_CUT_OFF if empty else RowProblem.IMAGE_UNREADABLE, detail) from unknown
    except Image.DecompressionBombError as bomb:
        raise PictureProblem(RowProblem.IMAGE_TOO_LARGE, _words(bomb)) from bomb
    except Exception as broken:
        if isinstance(broken, OSError) and broken.errno is not None:  # the system's word, not the decoder's
            raise PictureProblem(RowProblem.IMAGE_MISSING, broken.strerror or "there is no such file") from broken
        raise PictureProblem(RowProblem.IMAGE_UNREADABLE, _words(broken)) from broken
    width, height = picture.size
    if width * height > LARGEST_PIXELS or max(width, height) > _LONGEST_EDGE:
        picture.close()
        raise PictureProblem(RowProblem.IMAGE_TOO_LARGE, f"{width} x {height} pixels")
    if max(width, height) > _MOST_ELONGATED * min(width, height):
        picture.close()
        raise PictureProblem(RowProblem.IMAGE_UNREADABLE, f"{width} x {height} pixels is too narrow to see anything")
    return picture


def _decoded(picture: Image, enough_edge: int) -> Image:
    from PIL.Image import Transpose

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if enough_edge:
                picture.draft("RGB", (enough_edge, enough_edge))
            picture.load()
            turn = _TURNS.get(_orientation(picture))
            picture = _on_white(picture)
            return picture if turn is None else picture.transpose(Transpose(turn))
    except MemoryError as large:
        raise PictureProblem(RowProblem.IMAGE_TOO_LARGE, "does not fit into memory") from large
    # A decoder may raise anything at all on a broken file: the file is at fault, the run goes on.
    except Exception as broken:
        words = _words(broken)
        cut_off = isinstance(broken, EOFError) or "truncated" in words or "incomplete" in words
        raise PictureProblem(RowProblem.IMAGE_CUT_OFF if cut_off else RowProblem.IMAGE_UNREADABLE, words) from broken


def _on_white(picture: Image) -> Image:
    from PIL import Image

    if picture.mode.startswith("I;16"):  # 16-bit grey: Pillow would cut it off at 255 instead of scaling
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    white = Image.new("RGB", layer.size, "white")
    white.paste(layer, mask=layer.getchannel("A"))
    return white


def _orientation(picture: Image) -> int:
    """How the camera was held, 1..8; 1 = upright. Broken metadata do not make a picture unusable."""
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - the metadata of strangers make Pillow raise anything
        return 1


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
