"""Generated documentation is what the code says today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs.__main__ import documents

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("page", sorted(documents()), ids=lambda path: path.name)
def test_the_page_is_what_the_code_generates(page: Path) -> None:
    assert page.read_text() == documents()[page], "run make docs"
