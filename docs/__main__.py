"""Rewrites every page, block and picture that is made from the code."""

from __future__ import annotations

from docs import dictionary, faults, guards, picture, reasons

if __name__ == "__main__":
    dictionary.FILE.write_text(dictionary.markdown(), encoding="utf-8")
    guards.PAGE.write_text(guards.page(), encoding="utf-8")
    faults.PAGE.write_text(faults.page(), encoding="utf-8")
    reasons.PAGE.write_text(reasons.page(), encoding="utf-8")
    picture.FILE.write_text(picture.svg(), encoding="utf-8")
