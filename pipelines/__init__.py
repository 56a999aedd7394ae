"""Xueheng 学衡: from a library's export files to one trusted warehouse and reports."""

__version__ = "0.1.0"
