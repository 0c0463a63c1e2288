"""Which software decides the numbers and bytes of a study."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path

from itsim.parameters import version as parameters_version
from itsim.resources import itsim_version

LIBRARIES = ("numpy", "scipy", "pyarrow", "numba", "llvmlite")
"""Whose versions may change a last digit or a byte."""

DECIDING = (
    "data", "device", "engine", "pd", "pk", "scenario", "study",
    "arrays", "catalogue", "metrics", "parameters", "person", "run", "units",
)  # fmt: skip
"""Rooms of the house that decide a row's numbers; pictures and words do not."""


class OtherSoftware(RuntimeError):
    """A worker that would compute other digits: its versions are not those of the process that asks."""


@lru_cache(maxsize=1)
def software() -> dict[str, str]:
    """The versions that decide numbers and bytes; of itsim also a fingerprint of its code and data."""
    package = Path(__file__).resolve().parents[1]
    code = hashlib.sha256()
    for file in sorted(file for room in DECIDING for file in sources(package / room)):
        code.update(f"{file.relative_to(package).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    own = {"itsim": itsim_version(), "code": code.hexdigest()[:16], "parameters": parameters_version()}
    return own | {name: _version_of(name) for name in LIBRARIES}


def _version_of(library: str) -> str:
    try:
        return version_of(library)
    except PackageNotFoundError:  # numba does not exist everywhere
        return "none"


def require(wanted: Mapping[str, str]) -> None:
    """Raise OtherSoftware where this process has other versions than *wanted*."""
    here = software()
    other = [
        f"{name} {here.get(name)} for {version}"
        for name, version in wanted.items()
        if here.get(name) != version
    ]
    if other:
        raise OtherSoftware(f"a worker has other versions ({', '.join(other)}); install the same there")


def sources(room: Path) -> list[Path]:
    """The code and data of one room, whether it is a folder or a file."""
    if room.is_dir():
        return [file for kind in ("py", "toml", "txt") for file in room.rglob(f"*.{kind}")]
    return [room.with_suffix(".py")]
