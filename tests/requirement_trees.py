"""Requirement trees for property tests: leaves of a few kinds of facts, and what a tree means for a patient of whom all is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hypothesis import strategies as st

from eligibility.constraints import Condition, Measurement, Sex, Subject
from eligibility.logic import AllOf, AnyOf, AtLeast, IfThen, Leaf, Not, Requirement
from eligibility.ranges import Bound, Range, Span, Window
from eligibility.result import Criteria, Criterion
from eligibility.screening.truth import NO, NONE, YES, all_of, any_of, at_least, if_then, not_

DISEASES = ("gout", "asthma", "psoriasis")
LABS = ("sodium", "ferritin")
Facts = Mapping[str, float | str | None]  # a disease: days after enrollment, None where never; a lab: its value; sex

bounds = st.builds(Bound, magnitude=st.sampled_from([0.5, 1, 2, 3]), unit=st.sampled_from([None, "mg/dL"]), inclusive=st.booleans())
of_one_unit = st.builds(
    lambda low, high, unit: Range(
        lower=low and low.model_copy(update={"unit": unit}), upper=high and high.model_copy(update={"unit": unit})
    ),
    st.none() | bounds,
    st.none() | bounds,
    st.sampled_from([None, "mg/dL"]),
).filter(lambda found: found.lower is not None or found.upper is not None)
lists = st.builds(
    lambda values: Range(
        lower=Bound(magnitude=min(values), unit="mg/dL"), upper=Bound(magnitude=max(values), unit="mg/dL"), values=tuple(values)
    ),
    st.lists(st.sampled_from([0.5, 1, 2, 3]), min_size=2, max_size=3, unique=True),
)
_days = st.sampled_from([Bound(magnitude=days, unit="d") for days in (7, 14, 28)])


def _window(direction: str, bounds: tuple[Bound | None, Bound]) -> Window:
    low, high = bounds
    found = Range(lower=low, upper=high) if low is None or low.magnitude < high.magnitude else Range(upper=high)
    return Window(alternatives=(found,), anchor="enrollment", direction=direction)  # type: ignore[arg-type]


windows = st.builds(_window, st.sampled_from(["before", "after"]), st.tuples(st.none() | _days, _days)) | st.builds(
    _window, st.just("around"), st.tuples(st.none(), _days)
)


def leaves_with(times: bool) -> st.SearchStrategy[Leaf]:
    when = st.none() | windows if times else st.none()
    constraints = (
        st.builds(Condition, subject=st.builds(Subject, text=st.sampled_from(DISEASES)), window=when)
        | st.builds(Measurement, subject=st.builds(Subject, text=st.sampled_from(LABS)), value=of_one_unit | lists)
        | st.builds(Sex, sex=st.sampled_from(["male", "female", "all"]))
    )
    return st.builds(Leaf, constraint=constraints)


def trees(times: bool = False, counted: bool = True) -> st.SearchStrategy[Requirement]:
    """`times`: conditions may have windows; `counted`: there may be "at least n of"."""

    def wider(inner: st.SearchStrategy[Requirement]) -> st.SearchStrategy[Requirement]:
        items = st.lists(inner, min_size=1, max_size=3).map(tuple)
        kinds = [st.builds(Not, item=inner), st.builds(AllOf, items=items), st.builds(AnyOf, items=items)]
        kinds.append(st.builds(IfThen, premise=inner, then=inner, otherwise=st.none() | inner))
        return st.one_of(*kinds, *([st.builds(AtLeast, n=st.integers(1, 3), items=items)] if counted else []))

    return st.recursive(leaves_with(times), wider, max_leaves=6)


days = st.sampled_from([-40, -28, -20, -14, -7, -3, 0, 5, 7, 14, 30])
facts = st.fixed_dictionaries(
    {disease: st.none() | days for disease in DISEASES}
    | {lab: st.sampled_from([0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4]) for lab in LABS}
    | {"sex": st.sampled_from(["male", "female"])}
)


def is_satisfied(tree: Requirement, known: Facts) -> bool:
    """Whether the criterion does not fail: what says nothing of the patient passes."""
    return truth(tree, lambda leaf: _holds(leaf, known)) != NO


def truth(node: Requirement, holds: Callable[[Leaf], bool]) -> int:
    """What a screening says of the node where every leaf is known; NONE where it does not apply."""
    match node:
        case Leaf():
            return YES if holds(node) else NO
        case Not():
            return not_(truth(node.item, holds))
        case AllOf():
            return all_of(truth(item, holds) for item in node.items)
        case AnyOf():
            return any_of(truth(item, holds) for item in node.items)
        case AtLeast():
            return at_least(node.n, (truth(item, holds) for item in node.items))
        case IfThen():
            otherwise = truth(node.otherwise, holds) if node.otherwise is not None else NONE
            return if_then(truth(node.premise, holds), truth(node.then, holds), otherwise)


def _holds(leaf: Leaf, known: Facts) -> bool:
    constraint = leaf.constraint
    if isinstance(constraint, Sex):
        return constraint.sex in ("all", known["sex"])
    fact = known[constraint.meant]
    if isinstance(constraint, Measurement):
        assert isinstance(fact, int | float) and constraint.value is not None
        return fact in constraint.value.values if constraint.value.values else _within(constraint.value, fact)
    return fact is not None and (constraint.window is None or _in_window(constraint.window, float(fact)))


def _within(found: Range, value: float) -> bool:
    low, high = found.lower, found.upper
    above = low is None or value > low.magnitude or (low.inclusive and value == low.magnitude)
    below = high is None or value < high.magnitude or (high.inclusive and value == high.magnitude)
    return above and below


def _in_window(window: Window, day: float) -> bool:
    if window.direction == "around":
        return _within(window.range, abs(day))
    distance = -day if window.direction == "before" else day
    return distance >= 0 and _within(window.range, distance)


def trial_of(*trees: Requirement, text: str = "words of the criterion") -> Criteria:
    """Criteria whose inclusion criteria have these trees."""
    inclusion = tuple(
        Criterion(text=text, span=Span(0, len(text)), section="inclusion", number=str(place), requirement=tree)
        for place, tree in enumerate(trees, 1)
    )
    return Criteria(text=text, inclusion=inclusion)
