"""Plan files: TOML in and out. Nothing secret is ever in one.

    name = "..."
    [data]     items images template duplicates
    [series]   file history output_lengths split borders stride wording mask (instead of [data])
    [model]    name recipe instruction precision dimensions max_pixels precision_report
    [machine]  cloud gpus min_vram_gb disk_gb max_price_per_hour min_reliability min_cuda min_download_mbit
               countries data_centres_only interruptible offer_id shown_price_per_hour
    [budget]   limit_usd lease_minutes
    [result]   folder formats destroy shard_rows

Everything but ``items``, or ``file``, has a default. Money is decimal dollars in the file and whole micro-dollars in
memory.
"""

from __future__ import annotations

import dataclasses
import difflib
import enum
import os
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import tomli_w

from gui.core.dataset import DataSpec, SeriesSpec
from gui.core.errors import PlanError
from gui.core.plan.choices import (
    SERIES_SHARD_ROWS,
    SHARD_ROWS,
    Budget,
    MachineChoice,
    ModelChoice,
    Plan,
    ResultChoice,
)
from gui.core.plan.models import usual_precision
from gui.core.units import MicroUsd, micro_usd

KEYS = {
    "": ("name", "data", "series", "model", "machine", "budget", "result"),
    "data": ("items", "images", "template", "duplicates"),
    "series": ("file", "history", "output_lengths", "split", "borders", "stride", "wording", "mask"),
    "model": ("name", "recipe", "instruction", "precision", "dimensions", "max_pixels", "precision_report"),
    "machine": (
        "cloud",
        "gpus",
        "min_vram_gb",
        "disk_gb",
        "max_price_per_hour",
        "min_reliability",
        "min_cuda",
        "min_download_mbit",
        "countries",
        "data_centres_only",
        "interruptible",
        "offer_id",
        "shown_price_per_hour",
    ),
    "budget": ("limit_usd", "lease_minutes"),
    "result": ("folder", "formats", "destroy", "shard_rows"),
}
RECIPES = ("official", "query", "mean")
FORMATS = ("npz", "json", "parquet", "npy")
LARGEST_FILE_BYTES = 10**7
LARGEST = 10**9


class Fault(StrEnum):
    """``PlanError.problem`` of a plan file; ``hint`` holds what follows. Not TOML at all: the parser's words."""

    UNKNOWN_KEY = "unknown-key"  # the nearest known key, or ""
    MISSING = "missing"
    WRONG_TYPE = "wrong-type"  # what is expected: text, texts, whole-number, whole-numbers, number, yes-or-no, table
    WRONG_VALUE = "wrong-value"  # what is possible
    ONE_OF_TWO = "one-of-two"  # the other table
    NOT_TEXT = "not-text"  # the file is not UTF-8, or far too large
    FILE_MISSING = "file-missing"  # the path


E = TypeVar("E", bound=enum.Enum)


def read_plan(path: Path) -> Plan:
    """A plan file; its paths count from the folder it lies in. Raises PlanError."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise PlanError(field="", problem=Fault.NOT_TEXT, hint=str(path))
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as broken:
        raise PlanError(field="", problem=Fault.NOT_TEXT, hint=str(path)) from broken
    except OSError as broken:
        raise PlanError(field="", problem=Fault.FILE_MISSING, hint=str(path)) from broken
    return from_toml(text, path.absolute().parent)


def from_toml(text: str, base: Path) -> Plan:
    """Paths count from ``base``. Raises PlanError (an unknown key names the nearest known one)."""
    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, ArithmeticError, RecursionError) as broken:
        raise PlanError(field="", problem=str(broken)) from broken
    top = _Table("", content)
    data, model, machine = top.table("data"), top.table("model"), top.table("machine")
    budget, result = top.table("budget"), top.table("result")
    series = _series(top.table("series"), base) if "series" in content else None
    if series is not None and data.content:
        raise PlanError(field="data", problem=Fault.ONE_OF_TWO, hint="series")
    if series is None and "items" not in data.content:
        raise PlanError(field="data.items", problem=Fault.MISSING)
    plan = Plan()
    name = _model_name(model.text("name", plan.model.name), base)
    return Plan(
        name=top.text("name", plan.name),
        data=DataSpec(
            items=tuple(_absolute(one, base) for one in data.texts("items", ())),
            images=tuple(_absolute(one, base) for one in data.texts("images", ())),
            template=data.text("template", plan.data.template),
            duplicates=data.one_of("duplicates", plan.data.duplicates),
            series=series,
        ),
        model=ModelChoice(
            name=name,
            recipe=model.text("recipe", plan.model.recipe, RECIPES),
            instruction=model.text("instruction", plan.model.instruction),
            precision=model.text("precision", usual_precision(name)),
            dimensions=model.whole("dimensions", plan.model.dimensions),
            max_pixels=model.whole("max_pixels", plan.model.max_pixels, 1024),
            precision_report=model.yes_or_no("precision_report", plan.model.precision_report),
        ),
        machine=_machine(machine),
        budget=Budget(
            limit=budget.money("limit_usd", plan.budget.limit) or MicroUsd(0),
            lease_minutes=budget.whole("lease_minutes", plan.budget.lease_minutes),
        ),
        result=ResultChoice(
            folder=Path(_absolute(folder, base)) if (folder := result.text("folder", "")) else Path(),
            formats=result.texts("formats", plan.result.formats, FORMATS),
            destroy=result.one_of("destroy", plan.result.destroy),
        ),
        shard_rows=result.whole("shard_rows", _shard_rows(series), 1),
    )


def _series(table: _Table, base: Path) -> SeriesSpec:
    file = table.text("file", "")
    if not file:
        raise PlanError(field="series.file", problem=Fault.MISSING)
    normal = SeriesSpec(file)
    return SeriesSpec(
        file=_absolute(file, base),
        history=table.whole("history", normal.history, 1),
        output_lengths=table.wholes("output_lengths", normal.output_lengths, 1),
        split=table.one_of("split", normal.split),
        borders=table.one_of("borders", normal.borders),
        stride=table.whole("stride", normal.stride, 1),
        wording=table.one_of("wording", normal.wording),
        mask=table.one_of("mask", normal.mask),
    )


def _shard_rows(series: SeriesSpec | None) -> int:
    return SHARD_ROWS if series is None else SERIES_SHARD_ROWS


def _machine(table: _Table) -> MachineChoice:
    normal = MachineChoice()
    return MachineChoice(
        cloud=table.text("cloud", normal.cloud),
        gpus=table.texts("gpus", normal.gpus),
        min_vram_gb=table.number("min_vram_gb", normal.min_vram_gb),
        disk_gb=table.number("disk_gb", normal.disk_gb),
        max_price_per_hour=table.money("max_price_per_hour", normal.max_price_per_hour),
        min_reliability=table.number("min_reliability", normal.min_reliability, 1),
        min_cuda=table.number("min_cuda", normal.min_cuda),
        min_download_mbit=table.number("min_download_mbit", normal.min_download_mbit),
        countries=table.countries("countries", normal.countries),
        data_centres_only=table.yes_or_no("data_centres_only", normal.data_centres_only),
        interruptible=table.yes_or_no("interruptible", normal.interruptible),
        offer_id=table.text("offer_id", normal.offer_id),
        shown_price_per_hour=table.money("shown_price_per_hour", normal.shown_price_per_hour),
    )


def to_toml(plan: Plan) -> str:
    """The plan as a file that ``from_toml`` reads back equal. What can be left out and says nothing is."""
    data, model, machine, result = plan.data, plan.model, plan.machine, plan.result
    normal = Plan()
    content = {
        "name": plan.name or None,
        **_data_tables(data),
        "model": {
            "name": model.name,
            "recipe": model.recipe,
            "instruction": model.instruction,
            "precision": model.precision,
            "dimensions": model.dimensions or None,
            "max_pixels": model.max_pixels if model.max_pixels != normal.model.max_pixels else None,
            "precision_report": model.precision_report or None,
        },
        "machine": _machine_table(machine),
        "budget": {"limit_usd": _dollars(plan.budget.limit), "lease_minutes": plan.budget.lease_minutes},
        "result": {
            "folder": str(result.folder) if result.folder != Path() else None,
            "formats": list(result.formats),
            "destroy": result.destroy.value,
            "shard_rows": plan.shard_rows if plan.shard_rows != _shard_rows(data.series) else None,
        },
    }
    return tomli_w.dumps(_without_none(content))


def _data_tables(data: DataSpec) -> dict[str, Any]:
    if data.series is not None:
        series = dataclasses.asdict(data.series)
        return {"series": {key: list(value) if isinstance(value, tuple) else value for key, value in series.items()}}
    return {
        "data": {
            "items": list(data.items),
            "images": (data.images[0] if len(data.images) == 1 else list(data.images)) if data.images else None,
            "template": data.template,
            "duplicates": data.duplicates.value,
        }
    }


def _machine_table(machine: MachineChoice) -> dict[str, Any]:
    normal = MachineChoice()

    def number(name: str) -> float | int | None:
        value: float = getattr(machine, name)
        return None if value == getattr(normal, name) else _short(value)

    return {
        "cloud": machine.cloud,
        "gpus": list(machine.gpus) or None,
        "min_vram_gb": number("min_vram_gb"),
        "disk_gb": _short(machine.disk_gb),
        "max_price_per_hour": _dollars(machine.max_price_per_hour),
        "min_reliability": number("min_reliability"),
        "min_cuda": number("min_cuda"),
        "min_download_mbit": number("min_download_mbit"),
        "countries": list(machine.countries) or None,
        "data_centres_only": machine.data_centres_only or None,
        "interruptible": machine.interruptible or None,
        "offer_id": machine.offer_id or None,
        "shown_price_per_hour": _dollars(machine.shown_price_per_hour),
    }


class _Table:
    """One table of the file; reads a key as what it must be, or raises PlanError with the key's full name."""

    def __init__(self, name: str, content: dict[str, Any]) -> None:
        self.name = name
        self.content = content
        for key in content:
            if key not in KEYS[name]:
                raise PlanError(field=self._field(key), problem=Fault.UNKNOWN_KEY, hint=_nearest(name, key))

    def table(self, key: str) -> _Table:
        content = self.content.get(key, {})
        if not isinstance(content, dict):
            raise self._wrong_type(key, "table")
        return _Table(key, content)

    def text(self, key: str, default: str, possible: Sequence[str] = ()) -> str:
        value = self.content.get(key, default)
        if not isinstance(value, str):
            raise self._wrong_type(key, "text")
        if "\0" in value or (possible and value not in possible):
            raise self._wrong_value(key, ", ".join(possible))
        return value

    def texts(self, key: str, default: tuple[str, ...], possible: Sequence[str] = ()) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        value = self.content.get(key, list(default))
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._wrong_type(key, "texts")
        if any("\0" in one or (possible and one not in possible) for one in value):
            raise self._wrong_value(key, ", ".join(possible))
        return tuple(value)

    def yes_or_no(self, key: str, default: bool) -> bool:
        value = self.content.get(key, default)
        if not isinstance(value, bool):
            raise self._wrong_type(key, "yes-or-no")
        return value

    def countries(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """Two letters each, in capitals."""
        given = tuple(one.strip().upper() for one in self.texts(key, default))
        if any(len(one) != 2 or not one.isascii() or not one.isalpha() for one in given):
            raise self._wrong_value(key, "KR, US, VN, ...")
        return given

    def one_of(self, key: str, default: E) -> E:
        kind = type(default)
        return kind(self.text(key, default.value, [one.value for one in kind]))

    def whole(self, key: str, default: int, lowest: int = -LARGEST) -> int:
        value = self.content.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong_type(key, "whole-number")
        if not lowest <= value <= LARGEST:
            raise self._wrong_value(key, f"{max(lowest, 0)}-{LARGEST}")
        return value

    def wholes(self, key: str, default: tuple[int, ...], lowest: int) -> tuple[int, ...]:
        """A list of whole numbers, ascending, each once."""
        value = self.content.get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(one, int) and not isinstance(one, bool) for one in value):
            raise self._wrong_type(key, "whole-numbers")
        if not value or not all(lowest <= one <= LARGEST for one in value):
            raise self._wrong_value(key, f"[{lowest}-{LARGEST}, ...]")
        return tuple(sorted(set(value)))

    def number(self, key: str, default: float, highest: float = LARGEST) -> float:
        return float(self._decimal(key, Decimal(str(default)), 0, highest))

    def money(self, key: str, default: MicroUsd | None) -> MicroUsd | None:
        """Dollars; None only where that is the default."""
        if key not in self.content:
            return default
        return micro_usd(self._decimal(key, Decimal(0), -LARGEST, LARGEST))

    def _decimal(self, key: str, default: Decimal, lowest: float, highest: float) -> Decimal:
        value = self.content.get(key, default)
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            raise self._wrong_type(key, "number")
        value = Decimal(value)
        if not value.is_finite() or not lowest <= value <= highest:
            raise self._wrong_value(key, f"{max(lowest, 0):g}-{highest:g}")
        return value

    def _field(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def _wrong_type(self, key: str, expected: str) -> PlanError:
        return PlanError(field=self._field(key), problem=Fault.WRONG_TYPE, hint=expected)

    def _wrong_value(self, key: str, possible: str) -> PlanError:
        return PlanError(field=self._field(key), problem=Fault.WRONG_VALUE, hint=possible)


def _nearest(table: str, key: str) -> str:
    """The full name of the known key that ``key`` was probably meant to be: in its own table first."""
    for tables in ([table], [other for other in KEYS if other != table]):
        known = {one: other for other in tables for one in KEYS[other]}
        for near in difflib.get_close_matches(key.lower(), list(known), 1):
            return f"{known[near]}.{near}" if known[near] else near
    return ""


def _absolute(path: str, base: Path) -> str:
    """An absolute path stays as it is written; globs survive."""
    if path.startswith("~"):
        return os.path.expanduser(path)
    return path if os.path.isabs(path) else os.path.normpath(base / path)


def _model_name(name: str, base: Path) -> str:
    """A folder counts from the plan file when it is written as one (``./model``, ``../model``, ``~/model``)."""
    return _absolute(name, base) if name.startswith((".", "~")) else name


def _short(number: float) -> float | int:
    return int(number) if float(number).is_integer() else number


def _dollars(money: MicroUsd | None) -> Decimal | None:
    if money is None:
        return None
    exact = Decimal(money) / 1_000_000
    cents = exact.quantize(Decimal("0.01"))
    return cents if cents == exact else exact


def _without_none(content: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _without_none(value) if isinstance(value, dict) else value
        for key, value in content.items()
        if value is not None
    }
