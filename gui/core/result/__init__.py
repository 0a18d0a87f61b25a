"""Vectors that came home: open, check, neighbours, export."""
