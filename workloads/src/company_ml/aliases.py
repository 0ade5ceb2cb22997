"""The aliases of a production model, moved alike by whichever job moves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from company_ml.ports import ModelRegistry

CHAMPION = "champion"
CHALLENGER = "challenger"
REPLACED = "replaced_champion"
"""Tag of a champion: the version before it, which a rollback goes back to."""

ROLLED_BACK = "rolled_back"
"""Tag of a version that a rollback got away from, and why; it never comes back."""


def crown(registry: ModelRegistry, name: str, version: str) -> None:
    """Make a version the champion; it remembers whom it replaced, and challenges no more.

    A champion that is being rolled back is no way back: the one before it is.
    """
    champion = registry.by_alias(name, CHAMPION)
    if champion is None or champion.version != version:
        # First whom it replaces, then the alias: killed in between, nothing has changed yet.
        before = champion.version if champion else ""
        if champion is not None and ROLLED_BACK in champion.tags:
            before = champion.tags.get(REPLACED, "")
        if before:
            registry.set_tag(name, version, REPLACED, before)
        registry.set_alias(name, CHAMPION, version)
    challenger = registry.by_alias(name, CHALLENGER)
    if challenger is not None and challenger.version == version:
        registry.delete_alias(name, CHALLENGER)
