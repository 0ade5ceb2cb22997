"""The tags of everything taggable. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from settings.platform import PlatformSettings


def platform_tags(settings: PlatformSettings) -> dict[str, str]:
    """Tag name to value: the five that cost reports need, and the extra ones."""
    tags = settings.tags
    return {
        **tags.extra,
        "env": settings.environment.name,
        "owner": tags.owner,
        "cost-center": tags.cost_center,
        "project": tags.project,
        "data-class": tags.data_class,
    }
