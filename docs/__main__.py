"""Writes the generated documentation, or with ``--check`` says which of it is stale.

``--preview FILE`` gives the JSON of the owner stack's preview, from which the README's picture is
made; without it the picture is left alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from docs import architecture, components, configuration
from policies import reference

ROOT = Path(__file__).parent.parent
START, END = "<!-- picture: made by make docs -->\n```mermaid\n", "```\n<!-- end of picture -->"


def documents(preview: Path | None = None) -> dict[Path, str]:
    """Every generated file with what it should hold."""
    pages = {
        ROOT / "docs/reference/configuration.md": configuration.render(),
        ROOT / "docs/reference/components.md": components.render(),
        ROOT / "docs/reference/policies.md": reference.render(),
    }
    if preview:
        readme = (ROOT / "README.md").read_text()
        before, _, rest = readme.partition(START)
        _, _, after = rest.partition(END)
        picture = architecture.render(json.loads(preview.read_text()))
        pages[ROOT / "README.md"] = f"{before}{START}{picture}{END}{after}"
    return pages


def main() -> int:
    """Run the command line; returns 1 when a page is stale under ``--check``."""
    parser = argparse.ArgumentParser(prog="python -m docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--preview", type=Path, help="JSON of the owner stack's preview")
    options = parser.parse_args()
    stale = [
        path
        for path, text in documents(options.preview).items()
        if not path.exists() or path.read_text() != text
    ]
    for path in stale:
        if options.check:
            sys.stderr.write(f"{path.relative_to(ROOT)} is stale: run make docs\n")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(documents(options.preview)[path])
            sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
