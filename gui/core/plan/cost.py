"""What a run would take: seconds and money, line by line, on one offer; and which offer is the cheapest.

Speeds are arithmetic, not promises: a GPU is taken to reach 40 % of its half-precision peak (its "model FLOPs
utilisation"), a token costs two operations a parameter outside the embedding table, a picture of n tokens the same
for each of them plus its vision part. That gives 13.6 texts of 150 tokens a second for the 8B model on an RTX 3090,
31.6 on an RTX 4090 and 151 on an H200. The practice model's speeds were measured, on a core each.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from enum import StrEnum

from gui.core.cloud.base import Needs, Offer
from gui.core.dataset import Report
from gui.core.dataset.picture import FEWEST_TOKENS, TOKEN_EDGE
from gui.core.plan.choices import PRACTICE_CLOUD, PRACTICE_MODEL, ModelChoice, Plan
from gui.core.plan.models import LARGEST, Model, find_model
from gui.core.units import FREE, GB, MicroUsd, cost

UTILISATION = 0.4
PEAK_FLOPS = {  # dense: in half precision, accumulating in 32 bits; and in 32 bits, without shortened factors
    "RTX 3090": (71e12, 35e12),
    "RTX 3090 Ti": (80e12, 40e12),
    "RTX 4090": (165e12, 82e12),
    "RTX 5090": (210e12, 104e12),
    "RTX A6000": (155e12, 38e12),
    "A10": (125e12, 31e12),
    "A40": (149e12, 37e12),
    "L4": (121e12, 30e12),
    "L40": (181e12, 90e12),
    "L40S": (362e12, 91e12),
    "A100": (312e12, 19e12),
    "H100": (790e12, 60e12),
    "H200": (790e12, 60e12),
    "B200": (1800e12, 75e12),
    "Tesla T4": (65e12, 8e12),
    "Tesla V100": (112e12, 14e12),
}
"""By the words that an offer's name begins with: the makers' sheets. For another its cloud's word is taken."""
HALF_GAIN = 2.0
"""As many times as in 32 bits any GPU of a ``LEAST_CAPABILITY`` does at least in half precision."""
UNKNOWN_GPU_FULL_FLOPS = 8e12  # an estimate never flatters: the least that is known of any
LEAST_CAPABILITY = {"bf16": 8.0, "fp16": 7.0}
"""A GPU below it does not compute in a precision, or many times as slowly."""
CORE_FLOPS = 30e9  # what one core of a processor reaches in 32 bits with all its neighbours at work

PRACTICE_TEXTS_PER_S = 120.0  # a core
PRACTICE_PICTURES_PER_S = 7.0  # a core; 13 when nothing else runs, which is seldom so on a desk
PRACTICE_LOAD_S = 10.0

CHARACTERS_PER_TOKEN = 2.0  # Korean and English mixed; rather too many tokens than too few
TEMPLATE_TOKENS = 22  # what stands around each text where a model reads more than the text

START_S = 90.0  # a rented machine, from rent to the first login
INSTALL_S = 90.0
PRACTICE_START_S = 4.0
LOAD_BYTES_PER_S = 0.5 * GB  # weights, from the machine's disk into its memory
UPLOAD_BYTES_PER_S = 2.5e6  # a home line of 20 Mbit/s
FETCH_BYTES_PER_S = 6e6
LOOPBACK_BYTES_PER_S = 30e6
NUMBER_BYTES = 4
REPORT_ROWS = 200  # of a report on the precision
REPORT_LONGEST_S = 300.0
REPORT_ROW_S = 0.1  # each row goes through the model alone
RENTED_ENVIRONMENT_BYTES = 12 * GB  # packages, caches, room to unpack
PRACTICE_ENVIRONMENT_BYTES = GB // 2  # the packages are on this computer already
PACKAGES_BYTES = GB  # what a rented machine downloads beside the model


class EstimateLine(StrEnum):
    SETUP = "setup"  # from rent until the worker is loaded
    UPLOAD = "upload"
    EMBED = "embed"
    FETCH = "fetch"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds and money of a run on one offer. Upload runs beside set-up, fetch beside embed; the total knows that.

    ``costs`` and ``traffic`` add up to ``total``: a line that runs beside a longer one costs only what it takes longer.
    """

    seconds: tuple[tuple[EstimateLine, float], ...]
    costs: tuple[tuple[EstimateLine, MicroUsd], ...]
    total_s: float
    total: MicroUsd
    pretend: bool
    traffic: MicroUsd = FREE  # what goes to the machine and comes back, where bytes are billed


@dataclass(frozen=True, slots=True)
class DiskNeed:
    """What a machine's disk must hold."""

    model_bytes: int
    data_bytes: int  # the upload and the vectors
    environment_bytes: int

    @property
    def total_bytes(self) -> int:
        return self.model_bytes + self.data_bytes + self.environment_bytes


def dimensions(choice: ModelChoice) -> int:
    """How many numbers a vector will have; 0 = not known before the model is loaded."""
    model = find_model(choice.name)
    return choice.dimensions or (model.dimensions if model else 0)


def vectors_bytes(plan: Plan, report: Report) -> int:
    """The size of ``vectors.npz``, about; a model that is not known is taken to be a large one."""
    return report.items * ((dimensions(plan.model) or 4096) * NUMBER_BYTES + 100)


def disk_need(plan: Plan, report: Report | None) -> DiskNeed:
    """What the machine's disk must hold; without a report only the model and its environment."""
    model = find_model(plan.model.name)
    report = report or Report()
    rented = plan.machine.cloud != PRACTICE_CLOUD
    return DiskNeed(
        model_bytes=model.weights_bytes if model else 0,
        data_bytes=report.upload_bytes + vectors_bytes(plan, report),
        environment_bytes=RENTED_ENVIRONMENT_BYTES if rented else PRACTICE_ENVIRONMENT_BYTES,
    )


def suggest_disk_gb(plan: Plan, report: Report | None) -> float:
    """A round size with a quarter to spare."""
    need_gb = 1.25 * disk_need(plan, report).total_bytes / GB
    return float(math.ceil(need_gb) if need_gb < 10 else 10 * math.ceil(need_gb / 10))


def enough_memory(model: Model, choice: ModelChoice, offer: Offer) -> bool:
    return memory_bytes(offer) >= memory_need(model, choice, offer)


def memory_need(model: Model, choice: ModelChoice, offer: Offer) -> int:
    """What the model takes there; where there is no GPU it computes in fp32, whatever was chosen."""
    return model.memory_for(choice.precision if offer.vram_bytes else "fp32")


def memory_bytes(offer: Offer) -> int:
    """Where a model would have to fit: the GPUs together, or the machine's own memory where there is none."""
    return offer.vram_bytes * max(1, offer.gpu_count) or offer.memory_bytes


def needs(plan: Plan) -> Needs:
    """What a plan asks of a machine: its own words, and of a rented GPU at least the memory that the model takes, and
    that it computes in the precision that was chosen."""
    said = plan.machine.needs()
    if plan.machine.cloud == PRACTICE_CLOUD:
        return said
    model = find_model(plan.model.name)
    need = model.memory_for(plan.model.precision) if model else 0
    capability = 0.0 if plan.model.name == PRACTICE_MODEL else LEAST_CAPABILITY.get(plan.model.precision, 0.0)
    return replace(said, min_vram_bytes=max(said.min_vram_bytes, need), min_capability=capability)


def fits(needs: Needs, offer: Offer) -> bool:
    """Whether an offer is what was asked for. What is not known of it does not speak against it."""
    return (
        (not needs.gpus or offer.name in needs.gpus)
        and offer.vram_bytes >= needs.min_vram_bytes
        and offer.disk_bytes >= needs.disk_bytes
        and (needs.max_price_per_hour is None or offer.price_per_hour <= needs.max_price_per_hour)
        and offer.reliability >= needs.min_reliability
        and (not offer.cuda or offer.cuda >= needs.min_cuda)
        and (not offer.capability or offer.capability >= needs.min_capability)
        and offer.download_bytes_per_s >= needs.min_download_bytes_per_s
        and _is_where(needs, offer)
        and (needs.interruptible or not offer.interruptible)
    )


def _is_where(needs: Needs, offer: Offer) -> bool:
    """Whether it stands where it may; this computer always does."""
    if not offer.place:
        return True
    in_country = not needs.countries or offer.country in needs.countries
    return in_country and (offer.data_centre or not needs.data_centres_only)


def estimate(plan: Plan, report: Report, offer: Offer) -> Estimate:
    """Seconds and money of this plan on this offer, rounded up: an estimate never flatters."""
    at_home = offer.cloud == PRACTICE_CLOUD
    upload_rate = LOOPBACK_BYTES_PER_S if at_home else UPLOAD_BYTES_PER_S
    fetch_rate = LOOPBACK_BYTES_PER_S if at_home else FETCH_BYTES_PER_S
    seconds = {
        EstimateLine.SETUP: _setup_s(plan, offer),
        EstimateLine.UPLOAD: report.upload_bytes / upload_rate,
        EstimateLine.EMBED: _embed_s(plan.model, report, offer),
        EstimateLine.FETCH: vectors_bytes(plan, report) / fetch_rate,
    }
    alone = {
        EstimateLine.SETUP: seconds[EstimateLine.SETUP],
        EstimateLine.UPLOAD: max(0.0, seconds[EstimateLine.UPLOAD] - seconds[EstimateLine.SETUP]),
        EstimateLine.EMBED: seconds[EstimateLine.EMBED],
        EstimateLine.FETCH: max(0.0, seconds[EstimateLine.FETCH] - seconds[EstimateLine.EMBED]),
    }
    costs = tuple((line, cost(offer.price_per_hour, alone_s)) for line, alone_s in alone.items())
    traffic = _traffic(plan, report, offer)
    return Estimate(
        seconds=tuple(seconds.items()),
        costs=costs,
        total_s=float(math.ceil(sum(alone.values()))),
        total=MicroUsd(sum(money for _, money in costs) + traffic),
        pretend=offer.pretend_price,
        traffic=traffic,
    )


def _traffic(plan: Plan, report: Report, offer: Offer) -> MicroUsd:
    """The items and the model to the machine, the vectors back."""
    in_bytes = report.upload_bytes + _download_bytes(plan) + PACKAGES_BYTES
    out_bytes = vectors_bytes(plan, report)
    return MicroUsd(math.ceil((in_bytes * offer.traffic_in_per_gb + out_bytes * offer.traffic_out_per_gb) / GB))


def _download_bytes(plan: Plan) -> int:
    """What the machine fetches of the model; a folder on this computer is used where it lies."""
    model = find_model(plan.model.name)
    if model is None:
        return 16 * GB
    return model.weights_bytes if model.from_hub else 0


def choose(plan: Plan, offers: tuple[Offer, ...], report: Report) -> Offer | None:
    """The offer that was clicked, else the one with the cheapest run; None when none fits."""
    fitting = ranked(plan, offers, report)
    clicked = (offer for offer in fitting if offer.offer_id == plan.machine.offer_id)
    return next(clicked, fitting[0] if fitting else None)


def ranked(plan: Plan, offers: tuple[Offer, ...], report: Report) -> tuple[Offer, ...]:
    """The offers that fit, cheapest run first; of equally cheap ones the faster."""
    asked, model = needs(plan), find_model(plan.model.name)
    fitting = [
        offer for offer in offers if fits(asked, offer) and (model is None or enough_memory(model, plan.model, offer))
    ]

    def order(offer: Offer) -> tuple[int, float, str]:
        expected = estimate(plan, report, offer)
        return expected.total, expected.total_s, offer.offer_id

    return tuple(sorted(fitting, key=order))


def _setup_s(plan: Plan, offer: Offer) -> float:
    if plan.model.name == PRACTICE_MODEL:
        load_s = PRACTICE_LOAD_S
    else:
        model = find_model(plan.model.name)
        weights = model.weights_bytes if model else 16 * GB
        download_s = _download_bytes(plan) / max(1e6, offer.download_bytes_per_s)
        load_s = download_s + weights / LOAD_BYTES_PER_S + PRACTICE_LOAD_S
    return load_s + (PRACTICE_START_S if offer.cloud == PRACTICE_CLOUD else START_S + INSTALL_S)


def _embed_s(choice: ModelChoice, report: Report, offer: Offer) -> float:
    cores = max(1, offer.cores)
    if choice.name == PRACTICE_MODEL:
        return (report.items / PRACTICE_TEXTS_PER_S + report.images_found / PRACTICE_PICTURES_PER_S) / cores
    model = find_model(choice.name) or LARGEST
    flop = _flop(model, choice, report)
    report_s = precision_report_s(choice, report, offer) if choice.precision_report else 0.0
    return flop / (side_by_side(model, choice, offer) * _flops(offer, cores, choice.precision)) + report_s


def side_by_side(model: Model, choice: ModelChoice, offer: Offer) -> int:
    """How many copies of the model work at once: one a GPU, or one on as many GPUs as it needs, which take turns."""
    if not offer.vram_bytes:
        return 1
    gpus_each = math.ceil(memory_need(model, choice, offer) / offer.vram_bytes)
    return max(1, max(1, offer.gpu_count) // max(1, gpus_each))


def precision_report_s(choice: ModelChoice, report: Report, offer: Offer) -> float:
    """What a report on the precision takes; 0 where all is computed in full precision anyway."""
    if choice.name == PRACTICE_MODEL or not offer.vram_bytes or choice.precision == "fp32" or not report.items:
        return 0.0
    rows = min(REPORT_ROWS, report.items)
    row_flop = _flop(find_model(choice.name) or LARGEST, choice, report) / report.items
    return min(REPORT_LONGEST_S, rows * (REPORT_ROW_S + row_flop / _flops(offer, 1, "fp32")))


def _flop(model: Model, choice: ModelChoice, report: Report) -> float:
    """All operations of the run. Each item's picture counts: with another text the same one is computed again."""
    around = 1.0  # the end
    if model.takes_instruction or choice.recipe != "official":
        around = TEMPLATE_TOKENS + len(choice.instruction) / CHARACTERS_PER_TOKEN
    flop = (report.characters / CHARACTERS_PER_TOKEN + report.items * around) * model.flop_per_token
    if model.pictures:
        linear, square = model.vision_flop
        tokens, squares = shown_tokens(choice.max_pixels, report)
        flop += tokens * (model.flop_per_token + linear) + squares * square
    return flop


def shown_tokens(max_pixels: int, report: Report) -> tuple[int, int]:
    """Tokens of all pictures together when none may be larger, and the sum of their squares.

    Never fewer than are computed: a shrunk one may have a row and a column less, and one whose size is not known is
    taken to be as large as it may.
    """
    return _sums(max(FEWEST_TOKENS, max_pixels // TOKEN_EDGE**2), report.picture_tokens, report.images_unsized)


@functools.lru_cache(maxsize=16)  # each of hundreds of offers has its estimate
def _sums(most: int, picture_tokens: tuple[tuple[int, int], ...], unsized: int) -> tuple[int, int]:
    shown = [(most, unsized), *((min(tokens, most), count) for tokens, count in picture_tokens)]
    return sum(tokens * count for tokens, count in shown), sum(tokens**2 * count for tokens, count in shown)


def _flops(offer: Offer, cores: int, precision: str) -> float:
    """Operations a second that one GPU of an offer reaches, or all cores where there is none."""
    if not offer.vram_bytes:
        return cores * CORE_FLOPS
    # The longest one: "RTX 3090 Ti" before "RTX 3090", "H100 SXM" as an H100, but no "A100" as an "A10".
    known = [name for name in PEAK_FLOPS if f"{offer.name} ".startswith(f"{name} ")]
    told = offer.full_flops or UNKNOWN_GPU_FULL_FLOPS
    half, full = PEAK_FLOPS[max(known, key=len)] if known else (HALF_GAIN * told, told)
    return (full if precision == "fp32" else half) * UTILISATION
