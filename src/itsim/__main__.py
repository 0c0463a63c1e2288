"""``python -m itsim`` is ``itsim``."""

from __future__ import annotations

from itsim.cli import main

if __name__ == "__main__":
    main()
