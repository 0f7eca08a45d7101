"""The package and the examples of its README are typed strictly, and its stubs are those of the module."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import rolecall
from conftest import ROOT
from rolecall import _rolecall
from test_guide import readme_examples

CONFIGURATION = ROOT / "python/pyproject.toml"
STUBS = Path(rolecall.__file__).parent / "_rolecall.pyi"

# What the examples begin with.
GIVEN = """
import pandas
from pyspark.sql import DataFrame

def given(postings: pandas.DataFrame, frame: DataFrame, labelled: DataFrame) -> None:
"""


def checked(tmp_path, *command):
    """Runs a checker of types in a folder of its own, so that it sees the installed package."""
    ran = subprocess.run([sys.executable, "-m", *map(str, command)], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_package_is_typed_strictly(tmp_path):
    checked(tmp_path, "mypy", "--config-file", CONFIGURATION, "-p", "rolecall")


def test_the_examples_are_typed_strictly(tmp_path):
    lines = "\n".join(readme_examples()).splitlines()
    body = "".join(f"    {line}\n" for line in lines)
    (tmp_path / "examples.py").write_text(GIVEN + body)
    checked(tmp_path, "mypy", "--config-file", CONFIGURATION, "--allow-redefinition", "examples.py")


def test_stubs_and_module_agree(tmp_path):
    checked(tmp_path, "mypy.stubtest", "--mypy-config-file", CONFIGURATION, "rolecall._rolecall")


def documented(body, owner):
    """The names, docstrings in the stubs and docstrings at run time of what is public."""
    for node in body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("__"):
            thing = getattr(owner, node.name)
            yield node.name, ast.get_docstring(node), inspect.getdoc(thing)
            if isinstance(node, ast.ClassDef):
                yield from documented(node.body, thing)


def test_help_says_what_the_stubs_say():
    found = list(documented(ast.parse(STUBS.read_text(encoding="utf-8")).body, _rolecall))
    assert {"Model", "classify", "Counts", "of", "read_labels", "train"} <= {name for name, *_ in found}
    for name, stub, shown in found:
        assert stub and stub == shown, name
