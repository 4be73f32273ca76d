"""Detects personal and sensitive columns by headers, patterns, checksums and context."""
