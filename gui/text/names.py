"""Names of clouds, steps and checks."""

from __future__ import annotations

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
        Check.COUNT: translate("text.names", "Items"),
        Check.IDS: translate("text.names", "Each id once"),
        Check.ORDER: translate("text.names", "In the order of your items"),
        Check.DIMENSION: translate("text.names", "Dimension"),
        Check.FINITE: translate("text.names", "Not a number, infinite"),
        Check.NORMS: translate("text.names", "Length 1.000"),
        Check.CONSTANT: translate("text.names", "Not all vectors alike"),
        Check.DUPLICATES: translate("text.names", "Same vector, different items"),
        Check.HASHES: translate("text.names", "Same fingerprint here as there"),
    }[check]


def check_found(line: CheckLine) -> str:
    """The answer of a check: ``246 of 246``, ``1792``, ``all``, or how many rows are wrong."""
    if line.check is Check.COUNT:
        return part_of(line.found, line.expected)
    if line.check is Check.DIMENSION:
        return str(line.found)
    if line.passed and line.check not in (Check.FINITE, Check.DUPLICATES):
        return translate("text.names", "all")
    return number(line.found)
