"""The demonstration: a desk of invented records that add up to the published year 2023."""

from borderdesk.demo.builder import make_demo

__all__ = ["make_demo"]
