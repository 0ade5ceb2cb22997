"""Generated documentation is what the code says today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs import configuration
from docs.__main__ import documents
from settings.base import Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("page", sorted(documents()), ids=lambda path: path.name)
def test_the_page_is_what_the_code_generates(page: Path) -> None:
    assert page.read_text() == documents()[page], "run make docs"


class Undocumented(Settings):
    """A group with a setting that nothing is said of."""

    size: int


def test_a_setting_without_a_word_on_its_meaning_is_no_page() -> None:
    with pytest.raises(LookupError, match="the setting size has no text"):
        configuration.section("mlops:group", Undocumented)
