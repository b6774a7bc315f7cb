"""`make suggestions`: measures the suggestions, and rewrites docs/mapping.md."""

from __future__ import annotations

from benchmarks.suggestions.page import write_block

if __name__ == "__main__":
    write_block()
