"""Where Embark keeps its own files: settings, the journal, logs, practice machines. Nothing else decides a path."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

ASSETS = Path(__file__).resolve().parents[2] / "assets"
WORKER = Path(__file__).resolve().parents[2] / "remote_worker"


@dataclass(frozen=True, slots=True)
class Paths:
    """One folder for state, one for logs. ``EMBARK_HOME`` puts both below one place (tests, portable use)."""

    data: Path
    logs: Path

    @staticmethod
    def default() -> Paths:
        home = os.environ.get("EMBARK_HOME")
        if home:
            return Paths(Path(home), Path(home) / "logs")
        return Paths(
            Path(platformdirs.user_data_dir("Embark", False)), Path(platformdirs.user_log_dir("Embark", False))
        )

    @property
    def settings(self) -> Path:
        return self.data / "settings.json"

    @property
    def journal(self) -> Path:
        return self.data / "runs.sqlite"

    @property
    def draft(self) -> Path:
        """The half-made plan of the wizard."""
        return self.data / "draft.toml"

    @property
    def accounts(self) -> Path:
        """The names of the clouds whose keys were given; the keys are in the keyring."""
        return self.data / "accounts.json"

    @property
    def practice(self) -> Path:
        """The disks of practice machines and the practice cloud's ledger."""
        return self.data / "practice"

    def run_folder(self, run_id: str) -> Path:
        """What a run keeps while it goes on: its lock, and what it prepared for the upload."""
        return self.data / "runs" / run_id


def results_home() -> Path:
    """Where results go when the person names no folder."""
    return Path(os.environ.get("EMBARK_RESULTS") or platformdirs.user_documents_dir()).absolute() / "Embark"
