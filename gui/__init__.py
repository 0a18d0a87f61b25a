"""Embark: click through a complete embedding run on a rented GPU."""

__version__ = "0.1.0"
