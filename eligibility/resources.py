"""Where the package's own data lies: in, the name of a data folder; out, its path. Never the working directory, never a download."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from eligibility.errors import EligibilityError

_PACKAGE = Path(__file__).resolve().parent


@cache
def data_dir(name: Literal["rules", "models", "docs/schemas"]) -> Path:
    """The folder `name`: inside the package where it was installed from a wheel, beside the package in a checkout."""
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise EligibilityError(
        f"the folder {name!r} is neither in the installed package ({_PACKAGE / '_data'}) nor beside it in a checkout ({_PACKAGE.parent}): "
        "the installation is incomplete, reinstall the package"
    )
