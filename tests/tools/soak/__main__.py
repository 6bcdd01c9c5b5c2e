"""The long runs: ``make soak``, or one part: ``python -m tests.tools.soak load``. Ends with 1 where a promise broke."""

from __future__ import annotations

import importlib
import sys
import time
import traceback

PARTS = ["load", "processes", "mutants"]


def run(name: str) -> list[str]:
    """What a part found broken; one that itself breaks down does not keep the others from running."""
    try:
        return importlib.import_module(f"tests.tools.soak.{name}").run()
    except Exception as error:
        traceback.print_exc()
        return [f"it broke down: {type(error).__name__}: {error}"]


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"There is no part {unknown[0]}; the parts are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    broken = []
    for name in names or PARTS:
        begun = time.monotonic()
        print(f"--- {name}", flush=True)
        broken += [f"{name}: {sentence}" for sentence in run(name)]
        print(f"({time.monotonic() - begun:.0f} s)", flush=True)
    for sentence in broken:
        print(f"BROKEN {sentence}")
    print("All promises held." if not broken else f"{len(broken)} promises were broken.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
