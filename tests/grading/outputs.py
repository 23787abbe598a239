"""Puts a cell's output events together as Jupyter does: streams joined, displays updated, outputs cleared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Output = dict[str, Any]


@dataclass(slots=True)
class CellOutputs:
    """The outputs of one cell while they come in. `displays` maps a display's id to its places in `outputs`."""

    outputs: list[Output] = field(default_factory=list)
    displays: dict[str, list[int]] = field(default_factory=dict)
    clear_next: bool = False

    def add(self, output: Output, display_id: str | None = None) -> None:
        """Take one output; a stream's text joins the stream before it if that has the same name."""
        if self.clear_next:
            self.clear(wait=False)
        last = self.outputs[-1] if self.outputs else None
        if last is not None and output["output_type"] == "stream" == last["output_type"] and output["name"] == last["name"]:
            last["text"] += output["text"]
            return
        if display_id is not None:
            self.displays.setdefault(display_id, []).append(len(self.outputs))
        self.outputs.append(output)

    def clear(self, *, wait: bool) -> None:
        self.clear_next = wait
        if not wait:
            self.outputs.clear()
            self.displays.clear()

    def update(self, display_id: str, output: Output) -> bool:
        """Give every display of that id the new data; False if this cell has none."""
        for place in self.displays.get(display_id, ()):
            self.outputs[place] |= {"data": output["data"], "metadata": output["metadata"]}
        return display_id in self.displays
