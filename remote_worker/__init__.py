"""The worker: what runs on the rented machine. It knows nothing of ``gui`` and keeps to Python 3.10."""
