"""The steps of a run: rent, connect, prepare, upload, embed, fetch, verify, release.

Each looks whether its work is done already, then acts; each can be left at any moment and done again.
"""
