"""What a lesson's page owes to its readers, whatever is in it."""

import re

from lessons.content.findings import Findings, Source
from lessons.content.page import render_page

BODY = """## One

$$a + b$$

| x | y |
| --- | --- |
| 1 | 2 |

```python
print(1)
```
"""


def test_whatever_scrolls_sideways_can_be_reached_by_keyboard(tmp_path):
    """Whether it does scroll depends on the screen, so a browser alone finds this only on some of them."""
    path = tmp_path / "lesson.md"
    path.write_text(BODY)
    findings = Findings()
    html = render_page(Source.read(path, tmp_path, findings), BODY, 1, tmp_path).html
    assert not findings.items
    boxes = re.findall(r'<\w+ [^>]*class="(?:math-block|table-scroll|code)"[^>]*>', html)
    assert len(boxes) == 3
    assert [box for box in boxes if 'tabindex="0"' not in box] == []
