"""All benchmarks, one after the other: ``python -m tests.tools.bench [part …]``. Each prints its peers' figures too.

One that breaks keeps none of the others from running; it is named at the end, and the exit code is 1.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import traceback

import tests.tools.bench

PARTS = sorted(
    module.name.removeprefix("bench_")
    for module in pkgutil.iter_modules(tests.tools.bench.__path__)
    if module.name.startswith("bench_")
)


def main(wanted: list[str]) -> int:
    unknown = set(wanted) - set(PARTS)
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    broken = []
    for part in wanted or PARTS:
        print(f"\n## {part}\n", flush=True)
        try:
            importlib.import_module(f"tests.tools.bench.bench_{part}").main()
        except (Exception, SystemExit):
            traceback.print_exc()
            broken.append(part)
    if broken:
        print(f"\nNot measured: {', '.join(broken)}.", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
