"""The computer that is spoken to over SSH: keys, host keys, the connection, transfers, the worker's archive."""
