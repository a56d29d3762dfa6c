"""The core of BorderDesk: records, store, indicators and reports, without a window."""

__version__ = "0.1.0"
