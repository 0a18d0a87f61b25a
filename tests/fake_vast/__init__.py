"""A fake Vast.ai: its API over real HTTP on the loopback address, over a world that a test scripts.

``World`` is the account, the offers, the instances, the clock and the money; ``FakeVast`` serves it; ``Containers``
gives every running instance a real SSH server. ``python -m tests.fake_vast`` runs one to click through.
"""
