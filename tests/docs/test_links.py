"""Links within the repository lead to a file, and to a heading where they name one."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

import pytest

from engine.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
PAGES = sorted(
    chain(ROOT.glob("*.md"), *(ROOT.glob(f"{each}/**/*.md") for each in ("docs", "sandbox")),
          ROOT.glob("workloads/*.md"))
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    lost = [
        f"{file}#{heading}"
        for file, heading in _LINK.findall(page.read_text())
        if not _leads(page.parent / file if file else page, heading)
    ]
    assert lost == []


def _leads(target: Path, heading: str) -> bool:
    if not heading or not target.is_file():
        return target.exists()
    return heading in {_anchor(line) for line in target.read_text().splitlines() if line[:1] == "#"}


def _anchor(line: str) -> str:
    """As GitHub makes it: small letters, hyphens for blanks, no other punctuation."""
    return re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower()).replace(" ", "-")
