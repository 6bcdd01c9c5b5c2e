"""The engine is plain Python: importing all of it loads no Django."""

import subprocess
import sys

PROGRAM = """
import importlib, pkgutil, sys
import lawcompare.engine
for module in pkgutil.walk_packages(lawcompare.engine.__path__, "lawcompare.engine."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
importlib.import_module("lawcompare.engine.__main__")
loaded = sorted(name for name in sys.modules if name.split(".")[0] in ("django", "celery", "redis", "psycopg2"))
print(",".join(loaded))
"""


def test_importing_the_engine_loads_no_django():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == ""


def test_importing_one_reader_loads_no_other():
    program = (
        "import sys, lawcompare.engine.reading as reading\n"
        "forms = ('akn', 'docx', 'html', 'markdown', 'pdf', 'text', 'uslm')\n"
        "print([name for name in forms if f'{reading.__name__}.{name}' in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
