"""The application: Flask, storage, keys, mail, clock and settings."""

__version__ = "0.1.0"
