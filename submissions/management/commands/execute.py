"""`manage.py execute`: run any notebook in the sandbox and write it back with its outputs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from grading.engine import EngineFault, open_engine
from grading.job import Job
from grading.notebook import Notebook, NotebookInvalid, read_notebook
from grading.report import Report

NOT_USABLE, OUR_FAULT = 2, 3


class Command(BaseCommand):
    help = "Run a notebook in the sandbox, all cells even after an error, and write it back with its outputs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("notebook", type=Path)
        parser.add_argument("--output", type=Path, help="where to write it; without it, the notebook itself is replaced")
        parser.add_argument("--runtime", choices=["ml", "torch"], default="ml")

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(self.execute_notebook(options["notebook"], options["output"] or options["notebook"], options["runtime"]))

    def execute_notebook(self, path: Path, output: Path, runtime: str) -> int:
        try:
            notebook = read_notebook(path.read_bytes())
        except OSError as error:
            self.stderr.write(f"{path}: This file cannot be read: {error.strerror}.")
            return NOT_USABLE
        except NotebookInvalid as invalid:
            self.stderr.write(f"{path}: {invalid.sentence}")
            return NOT_USABLE
        try:
            engine = open_engine(settings.ENGINE_SOCKET)
            try:
                report = engine.run(Job(kind="execute", cells=notebook.cells, runtime="torch" if runtime == "torch" else "ml"))
            finally:
                engine.close()
        except EngineFault as fault:
            self.stderr.write(f"The engine could not run it: {fault}")
            return OUR_FAULT
        if report.status == "failed":
            self.stderr.write(f"The engine could not run it: {report.sentence}")
            return OUR_FAULT
        try:
            output.write_text(json.dumps(with_outputs(notebook, report), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        except OSError as error:
            self.stderr.write(f"{output}: This file cannot be written: {error.strerror}.")
            return NOT_USABLE
        self.stdout.write(f"{output}: {sum(cell.status == 'ok' for cell in report.cells)} of {len(report.cells)} cells without an error")
        return 0


def with_outputs(notebook: Notebook, report: Report) -> dict[str, Any]:
    """The notebook with each code cell's new outputs and its place in the order of running."""
    ran = {cell.index: number for number, cell in enumerate((cell for cell in report.cells if cell.status != "skipped"), 1)}
    cells = []
    for index, cell in enumerate(notebook.raw["cells"]):
        if cell["cell_type"] == "code":
            cells.append({**cell, "outputs": report.outputs.get(index, []), "execution_count": ran.get(index)})
        else:
            cells.append(cell)
    return {**notebook.raw, "cells": cells}
