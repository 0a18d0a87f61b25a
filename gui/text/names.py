"""Names of clouds, steps and checks, and of what can change between two machines."""

from __future__ import annotations

import re

from gui.core.result.check import Check, CheckLine
from gui.core.run.events import Step
from gui.format import number, part_of
from gui.translate import translate


def cloud_name(cloud: str) -> str:
    """A cloud by the name people know; one that nobody knows keeps its own."""
    names = {
        "practice": translate("text.names", "this computer (practice)"),
        "vast": "Vast.ai",
        "runpod": "RunPod",
        "ec2": "Amazon EC2",
        "own": translate("text.names", "your own machine"),
    }
    return names.get(cloud, cloud)


def step_name(step: Step) -> str:
    return {
        Step.RENT: translate("text.names", "Rent"),
        Step.CONNECT: translate("text.names", "Connect"),
        Step.PREPARE: translate("text.names", "Prepare"),
        Step.UPLOAD: translate("text.names", "Upload"),
        Step.EMBED: translate("text.names", "Embed"),
        Step.FETCH: translate("text.names", "Fetch"),
        Step.VERIFY: translate("text.names", "Check"),
        Step.RELEASE: translate("text.names", "Destroy"),
    }[step]


def check_name(check: Check) -> str:
    return {
        Check.COUNT: translate("text.names", "Number of vectors"),
        Check.IDS: translate("text.names", "Each id once"),
        Check.ORDER: translate("text.names", "In the order of your items"),
        Check.DIMENSION: translate("text.names", "Dimension"),
        Check.FINITE: translate("text.names", "Not a number, infinite"),
        Check.NORMS: translate("text.names", "Length 1.000"),
        Check.CONSTANT: translate("text.names", "Not all vectors alike"),
        Check.DUPLICATES: translate("text.names", "Same vector, different items"),
        Check.HASHES: translate("text.names", "Same fingerprint here as there"),
    }[check]


def said_changes(changes: str) -> str:
    """``findings.differences``, joined, with words for the names in it; those of libraries stay as they are."""
    names = {
        "model": translate("text.names", "model"),
        "name": translate("text.names", "model"),
        "revision": translate("text.names", "revision"),
        "files_sha256": translate("text.names", "files of the model"),
        "recipe": translate("text.names", "recipe"),
        "source": translate("text.names", "recipe"),
        "instruction": translate("text.names", "instruction"),
        "precision": translate("text.names", "precision"),
        "dimensions": translate("text.names", "dimensions"),
        "max_tokens": translate("text.names", "most tokens"),
        "max_pixels": translate("text.names", "most pixels"),
        "rows": translate("text.names", "how many"),
        "shard_rows": translate("text.names", "size of a piece"),
        "items_sha256": translate("text.names", "what is embedded"),
    }
    return re.sub(r"(?:^|(?<=, ))\w+(?=: )", lambda found: names.get(found[0], found[0]), changes)


def check_found(line: CheckLine) -> str:
    """The answer of a check: ``246 of 246``, ``1792``, ``all``, or how many rows are wrong."""
    if line.check is Check.COUNT:
        return part_of(line.found, line.expected)
    if line.check is Check.DIMENSION:
        return str(line.found)
    if line.passed and line.check not in (Check.FINITE, Check.DUPLICATES):
        return translate("text.names", "all")
    return number(line.found)
