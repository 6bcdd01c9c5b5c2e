"""All benchmarks, one after the other: ``python -m tests.bench [part …]``. Each prints its peers' figures too."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import tests.bench

PARTS = sorted(
    module.name.removeprefix("bench_")
    for module in pkgutil.iter_modules(tests.bench.__path__)
    if module.name.startswith("bench_")
)


def main(wanted: list[str]) -> int:
    unknown = set(wanted) - set(PARTS)
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    for part in wanted or PARTS:
        print(f"\n## {part}\n", flush=True)
        importlib.import_module(f"tests.bench.bench_{part}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
