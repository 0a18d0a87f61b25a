"""A Run: one Plan being carried out. A small state machine over an append-only journal."""
