"""The chips above the offers: what a rented machine must be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui.core.plan import MachineChoice
from gui.core.units import GB, MicroUsd
from gui.format import money, number, percent
from gui.text.places import country_name
from gui.widgets.basics import Chip
from gui.widgets.flow import Flow
from gui.widgets.menu_chip import MenuChip

MEMORIES_GB = (8, 12, 16, 24, 32, 48, 80, 96, 141)  # as GPUs come
PRICES = tuple(MicroUsd(cents * 10_000) for cents in (15, 25, 50, 100, 200, 400))
RELIABLE = 0.99


class Filters(QWidget):
    changed = Signal(object)  # the MachineChoice as it is wanted now

    def __init__(self) -> None:
        super().__init__()
        self._choice = MachineChoice()
        self.memory, self.place, self.price = MenuChip(), MenuChip(), MenuChip()
        self.reliable = Chip(clicked=self._on_reliable)
        self.data_centres = Chip(self.tr("Only data centres"), self._on_data_centres)
        self.interruptible = Chip(self.tr("May be interrupted (cheaper)"), self._on_interruptible)
        self.memory.picked.connect(self._on_memory)
        self.place.picked.connect(self._on_place)
        self.price.picked.connect(self._on_price)
        chips = (self.memory, self.reliable, self.data_centres, self.interruptible, self.place, self.price)
        self.setLayout(Flow(*chips))

    def show_choice(self, choice: MachineChoice, needed_vram_bytes: int, countries: Iterable[str]) -> None:
        """``countries`` are those that machines are known to stand in."""
        self._choice = choice
        self._show_memory(choice, needed_vram_bytes)
        least = choice.min_reliability or RELIABLE
        digits = 0 if round(least * 100, 6).is_integer() else 1
        self.reliable.setText(self.tr("{percent} reliable").format(percent=percent(least, digits=digits)))
        self.reliable.setChecked(choice.min_reliability > 0)
        self.data_centres.setChecked(choice.data_centres_only)
        self.interruptible.setChecked(choice.interruptible)
        self._show_place(choice, countries)
        self._show_price(choice)

    def _show_memory(self, choice: MachineChoice, needed_vram_bytes: int) -> None:
        needed_gb = needed_vram_bytes / GB
        by_model = next((size for size in MEMORIES_GB if size >= needed_gb), MEMORIES_GB[-1])
        entries: list[tuple[str, object]] = [
            (self.tr("As much as the model takes ({memory})").format(memory=self._memory(by_model)), 0.0)
        ]
        entries += [(self._memory(size), float(size)) for size in MEMORIES_GB if size > by_model]
        least = choice.min_vram_gb if choice.min_vram_gb > needed_gb else 0.0
        self.memory.show_value(self._memory(least or by_model), least, entries, on=True)

    def _memory(self, gigabytes: float) -> str:
        return self.tr("{number} GB or more").format(number=f"{gigabytes:g}")

    def _show_place(self, choice: MachineChoice, countries: Iterable[str]) -> None:
        known = {country: country_name(country) for country in {*countries, *choice.countries}}
        entries: list[tuple[str, object]] = [(self.tr("Anywhere"), ())]
        entries += [(name, (country,)) for country, name in sorted(known.items(), key=lambda one: one[1])]
        text = ", ".join(known[country] for country in choice.countries[:2])
        if len(choice.countries) > 2:
            text = self.tr("{number} countries").format(number=number(len(choice.countries)))
        self.place.show_value(text or self.tr("Anywhere"), choice.countries, entries, on=bool(choice.countries))

    def _show_price(self, choice: MachineChoice) -> None:
        most = choice.max_price_per_hour
        prices = sorted({*PRICES, *([] if most is None else [most])})
        entries: list[tuple[str, object]] = [(self.tr("Any price"), None)]
        entries += [(self._price(price), price) for price in prices]
        self.price.show_value(
            self.tr("Any price") if most is None else self._price(most), most, entries, on=most is not None
        )

    def _price(self, most: MicroUsd) -> str:
        return self.tr("At most {money} an hour").format(money=money(most))

    # --- what is clicked ----------------------------------------------------------------------------------------------

    def _on_memory(self, gigabytes: float) -> None:
        self.changed.emit(replace(self._choice, min_vram_gb=gigabytes))

    def _on_reliable(self) -> None:
        self.changed.emit(replace(self._choice, min_reliability=0.0 if self._choice.min_reliability else RELIABLE))

    def _on_data_centres(self) -> None:
        self.changed.emit(replace(self._choice, data_centres_only=not self._choice.data_centres_only))

    def _on_interruptible(self) -> None:
        self.changed.emit(replace(self._choice, interruptible=not self._choice.interruptible))

    def _on_place(self, countries: tuple[str, ...]) -> None:
        self.changed.emit(replace(self._choice, countries=countries))

    def _on_price(self, most: MicroUsd | None) -> None:
        self.changed.emit(replace(self._choice, max_price_per_hour=most))
