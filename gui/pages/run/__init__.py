"""The page of one run: what it is doing, what it costs, and what is wanted of the person."""

from gui.pages.run.page import RunPage

__all__ = ["RunPage"]
