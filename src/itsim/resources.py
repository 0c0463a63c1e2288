"""What belongs to this installation: its version, and where scenarios, notebooks and schemas are.

The folders are inside the package in a wheel, and at the top of a source tree.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

NAMES = ("notebooks", "scenarios", "schemas")


def itsim_version() -> str:
    """The installed version; "0+unknown" where itsim runs from a folder that was never installed."""
    try:
        return version("itsim")
    except PackageNotFoundError:
        return "0+unknown"


def folder(name: str) -> Path:
    """The folder *name*, one of NAMES, that belongs to this installation.

    Raises ValueError for another name and FileNotFoundError where neither a wheel nor a source tree has it.
    """
    if name not in NAMES:
        raise ValueError(f"name={name!r} is not a folder of itsim; it is one of {', '.join(NAMES)}")
    package = Path(__file__).resolve().parent
    project = package.parents[1]
    for place, belongs in ((package / name, True), (project / name, (project / "pyproject.toml").is_file())):
        if belongs and place.is_dir():
            return place
    raise FileNotFoundError(
        f"itsim's folder {name!r} is neither in the package ({package}) nor in a source tree around it; "
        "install itsim from its wheel, or with `pip install -e .` in its project folder"
    )
