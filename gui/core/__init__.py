"""Everything Embark knows and does, without a window: no Qt, no torch, no transformers in here."""
