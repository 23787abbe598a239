"""What is wrong with the content, one line a finding: `path:line rule-id message`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`path` is relative to the content's root, `line` counts from 1."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.rule} {self.message}"


@dataclass(slots=True)
class Findings:
    """Collects findings; readers go on after one, so that an author sees all of them at once."""

    items: list[Finding] = field(default_factory=list)

    def add(self, path: str, line: int, rule: str, message: str) -> None:
        finding = Finding(path, max(line, 1), rule, " ".join(message.split()))
        if finding not in self.items:
            self.items.append(finding)

    def __bool__(self) -> bool:
        return bool(self.items)


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the content: its text, its name in findings, and where they go."""

    path: Path
    name: str
    text: str
    findings: Findings

    @classmethod
    def read(cls, path: Path, root: Path, findings: Findings) -> Source:
        """Read a UTF-8 file; a missing or undecodable one becomes a finding and an empty text."""
        name = path.relative_to(root).as_posix()
        try:
            text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
        except FileNotFoundError:
            findings.add(name, 1, "file-missing", "The file is missing.")
            text = ""
        except UnicodeDecodeError as error:
            findings.add(name, 1, "file-encoding", f"The file is not UTF-8: {error.reason} at byte {error.start}.")
            text = ""
        return cls(path, name, text, findings)

    def report(self, line: int, rule: str, message: str) -> None:
        self.findings.add(self.name, line, rule, message)


class ContentInvalid(Exception):
    """The content cannot be used; carries every finding."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in sorted(findings)))
        self.findings = sorted(findings)
