"""Rules that need more than one file: identities, the graph, the map, and what a published lesson must have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lessons.content.findings import Findings
from lessons.content.model import Curriculum, ExerciseFile, LessonFile
from lessons.content.notebooks import task_tags

COLUMNS = 7
WORDS = (600, 1100)
HINTS = 3
ONWARD = 3


def check_curriculum(curriculum: Curriculum, findings: Findings) -> None:
    _check_identities(curriculum, findings)
    _check_graph(curriculum, findings)
    _check_map(curriculum, findings)
    for lesson in curriculum.lessons:
        _check_lesson(lesson, curriculum, findings)
    for exercise in curriculum.exercises:
        check_exercise(exercise, findings, is_lesson=exercise not in curriculum.extra_exercises)


def _check_identities(curriculum: Curriculum, findings: Findings) -> None:
    uuids = [(stage.uuid, stage.path) for stage in curriculum.stages] + [(lesson.uuid, lesson.path) for lesson in curriculum.lessons]
    exercises = [(exercise.uuid, exercise.path) for exercise in curriculum.exercises]
    for group in (uuids, exercises):
        _once(group, "uuid-twice", "The UUID {0} is also that of another one: a copy needs a new one.", findings)
    _once([(lesson.slug, lesson.path) for lesson in curriculum.lessons], "slug-twice", "Two lessons are called `{0}`.", findings)
    _once([(exercise.slug, exercise.path) for exercise in curriculum.exercises], "slug-twice", "Two exercises are called `{0}`.", findings)
    _once([(str(stage.order), stage.path) for stage in curriculum.stages], "stage-order", "Two stages have the order {0}.", findings)
    for stage in curriculum.stages:
        orders = [(str(lesson.order), lesson.path) for lesson in stage.lessons]
        _once(orders, "lesson-order", "Two lessons of this stage have the order {0}.", findings)


def _once(pairs: list[tuple[str, str]], rule: str, message: str, findings: Findings) -> None:
    counts = Counter(name for name, _ in pairs if name)
    for name, path in pairs:
        if counts[name] > 1:
            findings.add(path, 1, rule, message.format(name))


def _check_graph(curriculum: Curriculum, findings: Findings) -> None:
    lessons = {lesson.slug: lesson for lesson in curriculum.lessons}
    for lesson in curriculum.lessons:
        line = lesson.lines["prerequisites"]
        for slug in lesson.prerequisites:
            if slug not in lessons:
                findings.add(lesson.path, line, "prerequisite-unknown", f"There is no lesson `{slug}`.")
        if (cycle := _way_back(lesson.slug, lessons)) is not None:
            findings.add(lesson.path, line, "graph-cycle", f"This lesson builds on itself: {' → '.join(cycle)}.")
            continue
        for slug in lesson.prerequisites:
            others = [other for other in lesson.prerequisites if other != slug]
            if by := next((other for other in others if slug in _ancestors(other, lessons)), None):
                findings.add(lesson.path, line, "prerequisite-redundant", f"`{slug}` is already needed by `{by}`.")
        for link in lesson.onward:
            if link.slug not in lessons:
                findings.add(lesson.path, lesson.lines["onward"], "onward-unknown", f"There is no lesson `{link.slug}`.")


def _ancestors(slug: str, lessons: dict[str, LessonFile]) -> set[str]:
    found: set[str] = set()
    waiting = [slug]
    while waiting:
        lesson = lessons.get(waiting.pop())
        new = set(lesson.prerequisites) - found if lesson else set()
        found |= new
        waiting += new
    return found


def _way_back(slug: str, lessons: dict[str, LessonFile]) -> list[str] | None:
    """A way from the lesson over prerequisites back to itself, if there is one."""
    seen: set[str] = set()
    waiting = [[slug]]
    while waiting:
        way = waiting.pop()
        lesson = lessons.get(way[-1])
        for need in lesson.prerequisites if lesson else ():
            if need == slug:
                return [*way, slug]
            if need not in seen:
                seen.add(need)
                waiting.append([*way, need])
    return None


def _check_map(curriculum: Curriculum, findings: Findings) -> None:
    for stage in curriculum.stages:
        at = {(lesson.col, lesson.row): lesson for lesson in stage.lessons}
        own = {lesson.slug: lesson for lesson in stage.lessons}
        for lesson in stage.lessons:
            if at[lesson.col, lesson.row] is not lesson:
                other = at[lesson.col, lesson.row].slug
                findings.add(lesson.path, lesson.lines["col"], "map-cell", f"`{other}` stands in the same place of the map.")
            if lesson.col >= COLUMNS:
                findings.add(lesson.path, lesson.lines["col"], "map-width", f"The map has columns 0 to {COLUMNS - 1}.")
            needs = [own[slug] for slug in lesson.prerequisites if slug in own]
            for need in needs:
                if not any(need.slug in other.prerequisites for other in needs):  # else a shorter line says it
                    _check_edge(need, lesson, at, findings)
        modules = {module.slug for module in stage.modules}
        for lesson in stage.lessons:
            if lesson.module not in modules:
                findings.add(lesson.path, lesson.lines["module"], "module-unknown", f"The stage has no module `{lesson.module}`.")


def _check_edge(need: LessonFile, lesson: LessonFile, at: dict[tuple[int, int], LessonFile], findings: Findings) -> None:
    """A line leaves level along the row of what is needed, turns once, and enters level along the row of the lesson."""
    if need.col >= lesson.col:
        findings.add(lesson.path, lesson.lines["col"], "map-left-to-right", f"`{need.slug}` is needed first, so it stands further left.")
        return
    turns = range(lesson.col, need.col, -1) if need.row != lesson.row else [lesson.col]
    ways = [_on_the_way(need, lesson, turn, at) for turn in turns]
    if all(ways):
        text = f"The line from `{need.slug}` would run through `{ways[0][0].slug}`."
        findings.add(lesson.path, lesson.lines["row"], "map-line", text)


def _on_the_way(need: LessonFile, lesson: LessonFile, turn: int, at: dict[tuple[int, int], LessonFile]) -> list[LessonFile]:
    """The lessons that a line turning just before column `turn` would run through."""
    cells = [(col, need.row) for col in range(need.col + 1, turn)] + [(col, lesson.row) for col in range(turn, lesson.col)]
    return [at[cell] for cell in cells if cell in at]


def _check_lesson(lesson: LessonFile, curriculum: Curriculum, findings: Findings) -> None:
    for skill in lesson.skills:
        if skill not in curriculum.skills:
            findings.add(lesson.path, lesson.lines["skills"], "skill-unknown", f"`{skill}` is not in skills.yaml.")
    if not lesson.is_published:
        return
    page = lesson.page
    for is_right, message in (
        (WORDS[0] <= page.words <= WORDS[1], f"The page has {page.words} words; between {WORDS[0]} and {WORDS[1]} are wanted."),
        (bool(page.runs), "A lesson has a worked example: a `python run` fence with its output."),
        (bool(page.widgets), "A lesson has a widget."),
        (page.figures > 0, "A lesson has a figure."),
        (page.claims > 0, "A lesson meets its misconceptions: at least one claim."),
        (len(page.outline) >= 3, "A lesson has at least three sections."),
        (len(lesson.onward) == ONWARD, f"A lesson has {ONWARD} links onward; this one has {len(lesson.onward)}."),
    ):
        if not is_right:
            findings.add(lesson.path, 1, "lesson-whole", message)


def check_exercise(exercise: ExerciseFile, findings: Findings, *, is_lesson: bool) -> None:
    for rule, message in (*_exercise_faults(exercise, is_lesson=is_lesson), *_task_faults(exercise, is_lesson=is_lesson)):
        findings.add(exercise.path, 1, rule, message)
    checks = {check.id for check in exercise.checks}
    for mistake in exercise.mistakes:
        if mistake.caught_by and mistake.caught_by not in checks:
            findings.add(mistake.path, 1, "mistake-check", f"There is no check `{mistake.caught_by}`.")
    path = exercise.path.replace("exercise.yaml", "checks.py")
    for check in exercise.checks:
        if check.task not in {task.id for task in exercise.tasks}:
            findings.add(path, exercise.check_lines[check.id], "check-task", f"There is no task `{check.task}`.")


def _exercise_faults(exercise: ExerciseFile, *, is_lesson: bool) -> Iterator[tuple[str, str]]:
    if is_lesson and abs(exercise.max_score - 100) > 1e-9:
        yield "points-total", f"An exercise is worth 100 points; this one {exercise.max_score:g}."
    if not 0 < exercise.pass_mark_share <= 1:
        yield "pass-mark", "pass_mark_share lies between 0 and 1."
    if is_lesson and exercise.hard_coded is None:
        yield "hardcoded-missing", "mistakes/hardcoded.py is missing: a solution that only knows the visible examples."
    for name, count in Counter(task.id for task in exercise.tasks).items():
        if count > 1:
            yield "task-twice", f"Two tasks are called `{name}`."
    for tag in sorted(set(task_tags(exercise.reference)) - {task.id for task in exercise.tasks}):
        yield "task-cell", f"A cell is tagged `task:{tag}`, and there is no such task."


def _task_faults(exercise: ExerciseFile, *, is_lesson: bool) -> Iterator[tuple[str, str]]:
    tagged = task_tags(exercise.reference)
    for task in exercise.tasks:
        own = [check for check in exercise.checks if check.task == task.id]
        total, visible = sum(check.points for check in own), sum(check.points for check in own if check.visible)
        if abs(total - task.max_score) > 1e-9:
            yield "task-points", f"The checks of `{task.id}` are worth {total:g} points, the task {task.max_score:g}."
        if visible > exercise.visible_share * task.max_score + 1e-9:
            share = f"{visible:g} of {task.max_score:g} points: at most {exercise.visible_share:.0%}"
            yield "visible-share", f"Visible checks of `{task.id}` carry {share}."
        if not visible:
            yield "visible-none", f"`{task.id}` has no visible check."
        if task.id not in tagged:
            yield "task-cell", f"No cell of exercise.py is tagged `task:{task.id}`."
        if is_lesson and len(exercise.hints[task.id]) != HINTS:
            yield "hints", f"`{task.id}` has {len(exercise.hints[task.id])} hints; {HINTS} are wanted."
