"""Shows under pytest-benchmark's table what it leaves out: CPU figures, ratios and the machine."""

from __future__ import annotations


def pytest_terminal_summary(terminalreporter, config):
    session = getattr(config, "_benchmarksession", None)
    for measured in getattr(session, "benchmarks", []):
        if measured.extra_info:
            facts = ", ".join(f"{name} {value}" for name, value in measured.extra_info.items())
            terminalreporter.write_line(f"{measured.name}: {facts}")
