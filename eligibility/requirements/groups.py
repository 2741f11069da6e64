"""Groups: in, the tokens of a criterion; out, the tokens with each run of exceptions, and each run that one negation denies, as one token.

"no asthma, diabetes or stroke" denies its three together; "no asthma, no diabetes" has two denials. A group of exceptions has the kind of
the word before it: "unless" waives what it follows, "except" takes something out of it, and "allowed" is said behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eligibility.constraints import Constraint
from eligibility.requirements.joints import Token

EXCEPTIONS = frozenset({"except", "unless", "allowed"})
_IN_A_LIST = frozenset(
    {"word", "void", "aside", "judged", "or", "and", "nor", "comma", "slash", "for", "both", "person", "such", "define", "shown", "colon"}
)
_IN_AN_EXCEPTION = _IN_A_LIST | {"no", "except", "unless", "must", "if", "allow"}
_OPENS = frozenset({"word", "except", "unless", "person", "both", "if", "no"})
_LEADS = frozenset({"word", "except", "unless", "or", "and", "comma", "person", "colon"})


def terms(tokens: Iterable[Token]) -> list[int]:
    """The numbers of the constraints in the tokens, in text order."""
    found: list[int] = []
    for token in tokens:
        if token.kind == "term":
            found.append(token.term)
        elif token.inside:
            found += terms(token.inside)
    return found


def holds(token: Token) -> bool:
    """Whether a constraint is in the token: brackets and groups without one are left out before."""
    return token.kind == "term" or bool(token.inside)


def without(tokens: Sequence[Token], numbers: frozenset[int]) -> list[Token]:
    """The tokens without these constraints, and without the brackets that are empty then."""
    if not numbers:
        return list(tokens)
    kept: list[Token] = []
    for token in tokens:
        if token.kind == "bracket":
            token = token._replace(inside=tuple(without(token.inside, numbers)))
            kept += [token] if terms((token,)) else []
        elif token.kind != "term" or token.term not in numbers:
            kept.append(token)
    return kept


def group_exceptions(tokens: Sequence[Token], constraints: Sequence[Constraint]) -> list[Token]:
    out: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if not _all(token, constraints, "exception"):
            out.append(token)
            place += 1
            continue
        stop = _run(tokens, place, constraints, "exception", _IN_AN_EXCEPTION)
        alone = token.kind == "bracket" and stop == place + 1
        inside = list(token.inside if alone else tokens[place:stop])
        kind = "allowed" if any(after.kind == "allow" for after in tokens[stop : stop + 2]) else "except"
        kind = _cue_before(out, kind)
        while inside and inside[0].kind in _LEADS:
            kind = "unless" if inside.pop(0).kind == "unless" else kind
        out.append(Token(kind, token.start, tokens[stop - 1].end, inside=tuple(inside)))
        place = stop
    return out


def _cue_before(tokens: list[Token], kind: str) -> str:
    """Take the words that lead up to an exception, with its cue, from the end of the tokens; gives the kind that they say."""
    stop = len(tokens)
    while stop and tokens[stop - 1].kind in _OPENS:
        stop -= 1
    cues = {token.kind for token in tokens[stop:]} & {"except", "unless"}
    if cues:
        first = next(place for place in range(stop, len(tokens)) if tokens[place].kind in cues)
        kind = "unless" if "unless" in cues else kind
        del tokens[first:]
    return kind


def group_again(tokens: Sequence[Token]) -> list[Token]:
    """Inside of exceptions, what the word "except" takes out again, up to the next comma: "skin cancer excluding melanoma, …"."""
    out: list[Token] = []
    place = 0
    while place < len(tokens):
        stop = place + 1
        if tokens[place].kind in ("except", "unless") and not tokens[place].inside:
            while stop < len(tokens) and tokens[stop].kind not in ("comma", "semi", "stop"):
                stop += 1
            inside = tuple(tokens[place + 1 : stop])
            out += [Token("except", tokens[place].start, inside[-1].end, inside=inside)] if terms(inside) else []
        else:
            out.append(tokens[place])
        place = stop
    return out


def group_denials(tokens: Sequence[Token], constraints: Sequence[Constraint]) -> list[Token]:
    out: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        stop = place + 1
        if token.kind not in EXCEPTIONS and _all(token, constraints, "negated"):
            stop = _run(tokens, place, constraints, "negated", _IN_A_LIST)
            token = Token("deny", token.start, tokens[stop - 1].end, inside=tuple(tokens[place:stop]))
        out.append(token)
        place = stop
    return out


def _all(token: Token, constraints: Sequence[Constraint], flag: str) -> bool:
    numbers = terms((token,))
    return bool(numbers) and all(getattr(constraints[number], flag) for number in numbers)


def _run(tokens: Sequence[Token], place: int, constraints: Sequence[Constraint], flag: str, between: frozenset[str]) -> int:
    """Where the run of tokens with the flag that begins at the place ends."""
    stop = place + 1
    for ahead in range(place + 1, len(tokens)):
        token = tokens[ahead]
        if holds(token):
            if not _all(token, constraints, flag) or token.kind in EXCEPTIONS:
                break
            stop = ahead + 1
        elif token.kind not in between:
            break
    return stop
