"""The way of the data, whole: a study in, its criteria out. The only module that knows the order of the stages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eligibility.checks import check
from eligibility.constraints import Other, Subject
from eligibility.header import header_constraints
from eligibility.logic import Leaf, Not, Requirement
from eligibility.nlp import load
from eligibility.nlp.reading import KEY, Reading, Segment
from eligibility.nlp.vocabulary import Vocabulary, load_vocabulary
from eligibility.offsets import move_spans
from eligibility.ranges import Span
from eligibility.requirements import Below, is_joint, join_run, require, runs
from eligibility.result import Criteria, Criterion
from eligibility.sources import Study, read_study, undo_escapes

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


@cache
def default_pipeline() -> Language:
    """The pipeline that `parse` uses where none is given; made on first use."""
    return load()


def parse(data: str | Mapping[str, Any] | Study, *, nlp: Language | None = None, source: str | None = None) -> Criteria:
    """The criteria of a page, a criteria block, an API v2 study or a Study. `source`: the caller's id for it.

    Text that cannot be understood gives criteria without constraints and issues, never an exception; InputError is raised only for
    what is no study at all.
    """
    study = read_study(data, source)  # type: ignore[arg-type]
    pipeline = nlp or default_pipeline()
    undone = undo_escapes(study.text)
    if undone is None:
        return _parse(study, pipeline)
    return move_spans(_parse(undone.meant(study), pipeline), study.text, undone.written_at)


def _parse(study: Study, pipeline: Language) -> Criteria:
    doc = _doc(pipeline, study.text)
    doc.user_data[KEY] = reading = Reading.begin(study)
    pipeline(doc)
    criteria = _assemble(study, reading, pipeline)
    for segment in reading.segments:
        segment.children.clear()  # a cycle with their parents, which only the collector would free
    return criteria


def parse_many(texts: Iterable[str | Mapping[str, Any] | Study], *, workers: int = 1, nlp: Language | None = None) -> Iterator[Criteria]:
    """The criteria of many, in order, streaming; `workers` processes share the work where there are more than one."""
    if workers < 2:
        yield from (parse(text, nlp=nlp) for text in texts)
        return
    from eligibility.workers import parse_in_processes

    yield from parse_in_processes(texts, workers, nlp)


def _doc(pipeline: Language, text: str) -> Doc:
    """The text's Doc, for this parse alone; without tokens where no pipe reads them: they would cost a tenth of the whole."""
    if all(not getattr(pipe, "reads_tokens", True) for _, pipe in pipeline.pipeline):
        from spacy.tokens import Doc

        return Doc(pipeline.vocab)
    return pipeline.make_doc(text)


def _assemble(study: Study, reading: Reading, pipeline: Language) -> Criteria:
    vocabulary = load_vocabulary(_folders(pipeline))
    header = header_constraints(study.header, vocabulary.units)
    top = [segment for segment in reading.segments if segment.parent is None and not segment.alternate]
    below: dict[int, list[Segment]] = {}
    for segment in reading.segments:
        if segment.parent is not None:
            below.setdefault(id(segment.parent), []).append(segment)
    _renumber(top)
    inclusion, exclusion = (
        _joined(tuple(_criterion(vocabulary, reading, segment, below, kind) for segment in top if segment.section.kind == kind))
        for kind in ("inclusion", "exclusion")
    )
    criteria = Criteria.trusted(
        text=study.text, source=study.source, trial=study.id, title=study.title, header=header,
        inclusion=inclusion, exclusion=exclusion, rules=vocabulary.rulebook.digest,
        recognizer=_recognizer(pipeline),
    )  # fmt: skip
    return criteria.model_copy(update={"issues": check(criteria, study, reading, vocabulary)})


def _renumber(top: list[Segment]) -> None:
    """Numbers run on through all sections of a kind, so that a section and a number name one criterion."""
    counts: dict[str, int] = {}
    for segment in top:
        counts[segment.section.kind] = counts.get(segment.section.kind, 0) + 1
        segment.number = str(counts[segment.section.kind])


def _folders(pipeline: Language) -> tuple[Path, ...]:
    """The rule folders of the pipeline's own pipes; none where it has none of them."""
    for _, pipe in pipeline.pipeline:
        if hasattr(pipe, "rules") and hasattr(pipe, "vocabulary"):
            return tuple(map(Path, pipe.rules))
    return ()


def _recognizer(pipeline: Language) -> str | None:
    """Name and version of the recogniser that the pipeline has; None where it has none, or its files are absent."""
    return next((pipe.recognizer for _, pipe in pipeline.pipeline if hasattr(pipe, "recognizer")), None)


def _criterion(vocabulary: Vocabulary, reading: Reading, segment: Segment, below: dict[int, list[Segment]], kind: str) -> Criterion:
    for child in below.get(id(segment), ()):
        child.number = f"{segment.number}.{child.item.number.rpartition('.')[2]}"
    children = tuple(_criterion(vocabulary, reading, child, below, kind) for child in below.get(id(segment), ()))
    exclusion = kind == "exclusion"
    understood = any(child.requirement for child in children)
    under = Below([child.text.lower() for child in children], [_inner(child, exclusion) for child in children] if understood else [])
    node = require(vocabulary, reading, (segment.start, segment.end), segment.constraints, under, exclusion)
    return Criterion.trusted(
        text=reading.text[segment.start : segment.end],
        span=Span(segment.start, segment.end),
        section=kind,
        number=segment.number,
        cohort=segment.item.cohort or segment.section.cohort,
        lead_in=segment.item.lead_in,
        constraints=tuple(segment.constraints),
        requirement=Not.trusted(item=node) if node is not None and exclusion else node,
        children=children,
    )


def _joined(criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
    """The criteria, with one tree for each run that an "or" (in an exclusion, an "and") joins: whoever satisfies one satisfies all."""
    if len(criteria) < 2:
        return criteria
    exclusion = criteria[0].section == "exclusion"
    made = list(criteria)
    for first, end in runs([" ".join(part.text for part in criterion.walk()).lower() for criterion in criteria], exclusion):
        members = [criterion for criterion in criteria[first:end] if not is_joint(criterion.text)]
        if any(criterion.requirement is not None for criterion in members):
            node = join_run([_inner(criterion, exclusion) for criterion in members], exclusion)
            whole = Not.trusted(item=node) if exclusion else node
            made[first:end] = [c.model_copy(update={"requirement": whole}) if c in members else c for c in criteria[first:end]]
    return tuple(made)


def _inner(child: Criterion, exclusion: bool) -> Requirement:
    """A child's requirement without the Not of an exclusion's root: the parent puts one over all. A child that was not understood is
    still one of them ("at least two of"), as a demand that nobody can evaluate."""
    if child.requirement is None:
        subject = Subject.trusted(text=child.text, spans=(child.span,))
        return Leaf.trusted(constraint=Other.trusted(subject=subject, evidence=child.span, rule="unstructured"))
    return child.requirement.item if exclusion and isinstance(child.requirement, Not) else child.requirement
