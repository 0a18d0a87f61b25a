"""The wizard that makes a plan: items, model, machine, budget, review."""

from gui.pages.new_run.new_run import NewRunPage

__all__ = ["NewRunPage"]
