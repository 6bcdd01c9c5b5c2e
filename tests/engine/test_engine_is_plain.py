"""The engine is plain Python: importing all of it loads no Django."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import lawcompare.engine

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


ENGINE = Path(lawcompare.engine.__file__).parent
# Four words in a row, as in a sentence; a pattern has signs that none has.
SENTENCE = re.compile(r"^[^|\\^$\[\]\n]*\b[a-z]{2,}(?: [a-z%()’,-]+){3,}")
# Lists of words of the texts that are read.
WORD_LISTS = {"being more must nor other she whoever one two three four five six seven eight nine ten"}


def is_refusal(node: ast.AST) -> bool:
    """An error, which is one sentence about the input and not a value."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).endswith(("Error", "error", ".fail"))
    return isinstance(node, ast.Raise) or (isinstance(node, ast.Dict) and "'refused':" in ast.unparse(node))


def sentences(source: str) -> list[str]:
    """What a module says to people: strings that are sentences, but for docstrings and refusals."""
    tree = ast.parse(source)
    refusals = [node for node in ast.walk(tree) if is_refusal(node)]
    names = {node.id for refusal in refusals for node in ast.walk(refusal) if isinstance(node, ast.Name)}
    exempt: list[ast.AST] = list(refusals)
    for node in ast.walk(tree):
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        of_refusal = isinstance(node, ast.Assign) and bool(names & {ast.unparse(target) for target in node.targets})
        if is_docstring or of_refusal:
            exempt.append(node)
    known = {id(node) for each in exempt for node in ast.walk(each)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in known
        and node.value not in WORD_LISTS
        and SENTENCE.search(node.value)
    ]


def test_no_module_of_the_engine_but_the_wording_says_a_sentence():
    modules = [path for path in ENGINE.rglob("*.py") if path.name != "__main__.py"]
    elsewhere = [path for path in modules if path.parent.name != "wording"]
    assert [(path.name, words) for path in elsewhere for words in sentences(path.read_text("utf-8"))] == []
    of_wording = [path for path in modules if path.parent.name == "wording" and sentences(path.read_text("utf-8"))]
    assert len(of_wording) >= 3, "the test finds the sentences where they are"


def test_nobody_takes_a_sentence_of_the_engine_apart():
    """What decides looks at kinds and values: no message, reason, sentence or evidence is searched for words."""
    names_of_sentences = r"(?:messages?|reasons?|sentences?|evidence|refused|warnings?)"
    searched = re.compile(
        rf"\b{names_of_sentences}\.(?:startswith|endswith|find|index|partition|removeprefix)\(|"
        rf"\b{names_of_sentences}\.split\([^)]|"
        rf"\bre(?:gex)?\.\w+\([^)]*, (?:str\()?(?:\w+\.)?{names_of_sentences}\)|"
        rf"[\"'] in (?:str\()?\w+\.{names_of_sentences}\b(?!\.lower)"
    )
    package = ENGINE.parent
    searches = {
        f"{path.relative_to(package)}: {match.group()}"
        for path in package.rglob("*.py")
        for match in searched.finditer(path.read_text("utf-8"))
    }
    assert searches == set()
    assert searched.search('if message.startswith("repeated number")') and searched.search('"same" in pair.evidence')
