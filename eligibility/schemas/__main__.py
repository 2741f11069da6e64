"""`python -m eligibility.schemas [--check]`: write the schemas of now to docs/schemas of a checkout, or say how they differ."""

import sys

from eligibility.errors import EligibilityError
from eligibility.resources import data_dir
from eligibility.schemas.history import check, write


def main(arguments: list[str]) -> int:
    folder = data_dir("docs/schemas")
    try:
        said = check(folder) if "--check" in arguments else [f"wrote {name}.json" for name in write(folder)]
    except EligibilityError as error:
        print(f"schemas: {error}", file=sys.stderr)
        return 1
    print("\n".join(said or ["the schemas are those of now"]))
    return int("--check" in arguments and bool(said))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
