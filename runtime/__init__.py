"""What makes short-lived processes start fast: light imports and no garbage collector.

``__main__.py`` calls :func:`start` before it imports anything of ours; the language host and the
stand-in providers use :mod:`runtime.protobufs` and :mod:`runtime.rpc`. Nothing else knows that this
package exists, and unit tests never call it: everything works without it, slower.
"""

from __future__ import annotations

import atexit
import gc

__all__ = ["start"]


def start() -> None:
    """Prepare this process to run the program; idempotent.

    A deployment program allocates for some seconds and exits, so the cyclic garbage collector only
    costs it time: it stays off until the process ends, and the interpreter's own last collection, a
    twentieth of the whole run, finds nothing to look at. Provider SDKs imported from here on load a
    class when it is first asked for. An SDK that is already imported is left as it is.
    """
    # Imported here: they cost the processes that only serve protobufs a third of their start.
    from runtime import imports, patches

    gc.disable()
    atexit.register(gc.freeze)
    imports.install()
    patches.apply()
