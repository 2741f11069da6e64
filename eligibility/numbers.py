"""Numbers: in, a folded text; out, the numbers written in it, in text order, with offsets. A pure reader of strings.

It reads digits with their separators, powers of ten, number words, ordinals, fractions and Roman numerals, and it marks
dates and years so that nobody takes them for quantities. It never reads a unit, a comparator or a range, never decides
what a number means, and does not see digits that belong to a name (`hba1c`, `il-6`, `covid-19`).

How a comma is read, in this order:
1. `100,000`: groups of exactly three digits after one to three digits that do not start with 0 are thousands; so is `15, 000`.
2. `1,2,3`, `1,2 or 3`, `grade 1,2`: a list, where digits follow another comma, where "or"/"and" leads to a next
   whole number and all three rise, or where two rising digits stand behind a cue word; each is a number of its own.
3. `18,5`, `7,0`: one or two digits behind a comma are otherwise decimals.
A dot is always decimal: `100.000` is 100.0; so is one in the middle: `0·9`, but not that of `2·10^9`.
Numbers dotted twice (`1.2.3`) are headings or versions and are not numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from eligibility.romans import CUES, find_romans, has_cue, is_next


class Number(NamedTuple):
    """A number. `value` is what the whole stands for; `power` the power of ten that was written apart (`1.5 x 10^9`: 9).

    kind: digits | word | roman | letter | ordinal | fraction | date | year. `suffix`: the letter of a stage (`iiib`: b), or the
    capital that is the class itself (kind letter; found by the labels, never here).
    `compound`: joined to a word by a hyphen (`12-lead`, `2-year`, `first-line`).
    """

    start: int
    end: int
    value: float
    kind: str
    suffix: str = ""
    power: int = 0
    compound: bool = False


_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_COUNTED = (
    r"(?=\ ?(?:/|(?:l|cells?|platelets|per|lymphocytes|neutrophils|leukocytes|cd[0-9]+|viable|nucleated|copies|cfu|pfu|vg|iu|units)\b))"
)
_EXPONENT = (
    r"(?:\ ?\\?\^\ ?[({]?\ ?(?P<caret>[+-]?[0-9]{1,2})(?![0-9])[)}]?|(?P<raised>[⁺⁻]?[⁰¹²³⁴-⁹]{1,2})"
    r"|\ ?\*{1,2}\ ?(?P<stars>[+-]?[0-9]{1,2})(?![0-9])|\ ?e\ ?(?P<e10>[+-]?[0-9]{1,2})(?![0-9])|\ ?\((?P<bracket>-?[0-9]{1,2})\)"
    rf"|(?P<minus>-[1-9])(?![0-9])|\ ?(?P<lost>12|[369]){_COUNTED})"
)
# Every repetition is possessive or bounded, so a long run of digits, commas or carets costs its length and no more.
_DIGITS = re.compile(
    rf"""[0-9.½¼¾⅓⅔](?:
      (?<=[½¼¾⅓⅔])(?P<fraction>)
    | (?<=\.)(?<![0-9]\.)(?P<point>[0-9]++)
    | (?<=[0-9])(?:
        (?P<date>[0-9]?(?P<sep>[-/])[0-9]{{1,2}}(?P=sep)(?:19|20|21)[0-9]{{2}}(?![0-9/])
                |(?<=[12])[0-9]{{3}}-[0-9]{{1,2}}-[0-9]{{2}}(?![0-9])
                |[0-9]?(?:st|nd|rd|th)?[\ -](?:of\ )?{_MONTH}\b\.?,?[\ -]?(?:(?:19|20)[0-9]{{2}})?(?![0-9]))
      | (?P<space>(?<=[1-9])[0-9]{{0,2}}(?:\ [0-9]{{3}}){{1,4}}(?![0-9]))(?:[.,][0-9]{{1,2}}(?![0-9]))?
      | (?P<thousands>(?<=[1-9])[0-9]{{0,2}}(?:(?:,[0-9]{{3}}){{1,4}}|(?:'[0-9]{{3}}){{1,4}}|,\ 000)(?![0-9]))(?:\.[0-9]++)?
      | [0-9]*+(?:(?P<decimal>(?:\.|[·•](?!10(?![0-9])))[0-9]++)(?P<dotted>(?:\.[0-9]++)++)?|(?P<comma>,[0-9]{{1,2}}(?![0-9])))?
      )
      (?:(?P<ordinal>(?:st|nd|rd|th)(?![a-z0-9])|\ (?:nd|rd|th)(?![a-z0-9]))
        |e(?P<e>[+-]?[0-9]{{1,2}})(?![0-9a-z])
        |\ ?[x×*·]\ ?10{_EXPONENT}
        |(?<=10)(?<![0-9.,]10)(?:\ ?\\?\^\ ?[({{]?(?P<own>[+-]?[0-9]{{1,2}})(?![0-9])[)}}]?|(?P<ownraised>[⁺⁻]?[⁰¹²³⁴-⁹]{{1,2}}))
        |[\ -]?(?P<scale>thousand|million|billion)(?![a-z])
        |\ ?(?P<mixed>[½¼¾⅓⅔])
      )?
    )""",
    re.VERBOSE,
)
_GLUE = re.compile(r"(?<![a-z])(?:age[ds]?|than|to|and|or|of|between|from|x|under|over|least|grade|stage|class|asa|with)$")
_WITH_UNIT = re.compile(r"[0-9](?:[a-z]{1,7}| (?:years?|yrs?|y|months?|weeks?|wks?|days?|hours?|hrs?|h|minutes?|min|[km]?g|[cm]m|ml))-$")
_NEGATIVE = re.compile(r"(?:[<>=≤≥(\[:,~±] ?|\b(?:to|of|than|between|from|and|or|below|above|is|was|under|over) )-$")
_MONTH_BEFORE = re.compile(rf"(?<![a-z]){_MONTH}\.?,? (?:[0-9]{{1,2}}(?:st|nd|rd|th)?,? )?$")
_MONTH_ENDS = frozenset(
    (
        "ary",
        "rch",
        "ril",
        "may",
        "une",
        "uly",
        "ust",
        "ber",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "ept",
        "oct",
        "nov",
        "dec",
    )
)
_DAY_YEAR = re.compile(r"(?:st|nd|rd|th)?,? (?:19|20)[0-9]{2}(?![0-9])")
_YEAR = re.compile(r"(?:19[0-9]{2}|20[0-9]{2}|2100)\Z")
_BEFORE_YEAR = re.compile(r"(?:\b(?:in|since|of|from|until|by|after|before|the|to|through|and|year) |\(|(?:19|20)[0-9]{2} ?[-/] ?)$")
_AFTER_YEAR = re.compile(r" ?(?:[.,;:)\]\n/-]|\Z|(?:to|and|or|until|through|at|with|for|in|by|who|were|was|is|are|the)\b)")
_EDITION = re.compile(r"\)| (?:[a-z/-]+ )?(?:criteria|version|classification|guidelines?|revision|edition|definition|consensus)\b")
_NEXT_IN_LIST = re.compile(r" (?:or|and|and/or|&) ([0-9]{1,2})(?![0-9]|[.,][0-9])")

# fmt: off
_UNITS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_TEENS = {
    "zero": 0, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9}
_TIMES = {"once": 1, "twice": 2, "thrice": 3}
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "eleventh": 11, "twelfth": 12,
}
# fmt: on
ORDINAL = rf"(?:{'|'.join(_ORDINALS)}|[0-9]{{1,2}}(?:st|nd|rd|th))(?![a-z0-9])"
_PARTS = {"half": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4}
_WORD_VALUES = _UNITS | _TEENS | _TENS
_BELOW_100 = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_UNITS)})(?![a-z]))?|{'|'.join((*_TEENS, *_UNITS))})(?![a-z])"
_BELOW_1000 = rf"(?:{_BELOW_100}(?: hundred(?:(?: and)? {_BELOW_100})?)?|hundred)"
_CARDINAL = re.compile(
    rf"{_BELOW_1000}(?:[ -](?P<scale>thousand|million|billion)(?: (?:and )?(?P<rest>{_BELOW_1000}))?)?(?![a-z])"
    r"(?:(?P<half> and (?:a|one)[ -]half\b)|[ -](?P<part>half|thirds?|quarters?)\b(?![ -]?li[fv]))?"
)


def _letters_first(words: tuple[str, ...]) -> str:
    """Alternatives grouped by first letter: each branch opens with a literal, which lets the engine skip to candidates."""
    initials = sorted({word[0] for word in words})
    rests = {initial: sorted((word[1:] for word in words if word[0] == initial), key=len, reverse=True) for initial in initials}
    return "|".join(f"{initial}(?:{'|'.join(rests[initial])})" for initial in initials)


_WORD = re.compile(rf"(?:{_letters_first((*_WORD_VALUES, *_TIMES, *_ORDINALS, 'half', 'hundred'))})(?![a-z0-9])")
_HALF_LIFE = re.compile(r" ?-? ?li[fv]")


def find_numbers(folded: str, start: int = 0, end: int | None = None, cues: tuple[str, ...] = CUES) -> list[Number]:
    """The numbers of `folded[start:end]`, in text order, none overlapping; what stands before `start` still counts as context."""
    end = len(folded) if end is None else end
    found = [*_digits(folded, start, end, cues), *_words(folded, start, end), *_romans(folded, start, end, cues)]
    found.sort()
    return _joined(folded, found)


def _joined(folded: str, found: list[Number]) -> list[Number]:
    """Without overlaps; `three (3)` and `3 (three)` are one number."""
    result: list[Number] = []
    for number in found:
        last = result[-1] if result else None
        if last is not None and number.start < last.end:
            continue
        gap = number.start - last.end if last is not None else 9
        if last is not None and gap <= 2 and last.value == number.value and _is_restated(folded, last, number):
            result[-1] = number._replace(start=last.start, end=number.end + 1, kind="digits")
            continue
        result.append(number)
    return result


def _is_restated(folded: str, last: Number, number: Number) -> bool:
    closed = folded[last.end : number.start].strip() == "(" and folded[number.end : number.end + 1] == ")"
    return closed and "word" in (last.kind, number.kind)


def _digits(folded: str, start: int, end: int, cues: tuple[str, ...]) -> Iterator[Number]:
    refused = -2  # the end of the last digits that were part of a name: what hangs on behind it is part of it too
    lettered = -1  # the end of the last number with the letter of a stage: the next of its list needs no cue
    position, size, search = start, len(folded), _DIGITS.search
    while (match := search(folded, position, end)) is not None:
        first, position = match.span()
        if position == first + 1 and folded[first] == ".":
            continue
        before = folded[first - 1] if first else " "
        if before == "+" and folded.startswith("<u+", first - 3):  # "<U+3001>": a sign that an export wrote out
            refused = position
            continue
        if before.isalpha() or before == "-" or before == "_" or first - 1 == refused:
            if folded[first] == "." and before.isalpha():
                position = first + 1
                continue
            if _in_name(folded, first, refused):
                if match["space"] is not None:  # "CD4 350" is no four thousand: only its first digits are the name's
                    position = folded.index(" ", first)
                refused = position
                continue
        if position - first > 40 or match["dotted"]:
            if match["dotted"] and _is_dotted_date(match[0]):
                yield Number(first, position, float(match[0].rsplit(".", 1)[1]), "date")
            refused = position
            continue
        number = _number(folded, match, first)
        position = number.end
        after = folded[position] if position < size else " "
        if after == "-" and folded[position + 1 : position + 2].isalpha():
            number = number._replace(compound=True)
        elif after in "abcd" and not folded[position + 1 : position + 2].isalnum() and _is_stage(folded, first, lettered, cues):
            number = number._replace(end=position + 1, suffix=after)
            lettered = number.end
        yield _dated(folded, number) if before == " " or before == "(" or before in "/-" else number


def _in_name(folded: str, first: int, refused: int) -> bool:
    """Whether the digits at `first` hang on letters (`ki67`, `il-6`) or on digits that do (`ca19-9`, `cyp3a4/5`)."""
    before = folded[first - 1]
    if first - 1 == refused and before in "-/.,'_":
        return before not in "," or folded[first - 2 : first - 1].isalpha()
    if before == "-":
        two_before = folded[first - 2 : first - 1]
        if not two_before.isalpha():
            return False
        return _WITH_UNIT.search(folded, max(0, first - 10), first) is None
    if before == "_":
        return folded[first - 2 : first - 1] not in ("<", ">")  # ">_70": an underlined sign that lost its line
    return before.isalpha() and _GLUE.search(folded, max(0, first - 9), first) is None


def _number(folded: str, match: re.Match[str], first: int) -> Number:
    """The number of one match, cut short where its comma turns out to separate a list."""
    text, kind, last = match[0], match.lastgroup, match.end()
    if match["decimal"] is not None:
        point = match.start("decimal") - match.start()
        text = f"{text[:point]}.{text[point + 1 :]}"
    if kind is None:
        return _signed(folded, first, last, text, 0)
    if match["date"] is not None:
        return Number(first, last, float(re.match(r"[0-9]+", text)[0]), "date")  # type: ignore[index]
    if match["fraction"] is not None:
        return Number(first, last, _FRACTIONS[text], "fraction")
    if match["comma"] is not None and _is_list(folded, match, first):
        last = match.start("comma")
        return _signed(folded, first, last, folded[first:last], 0)
    if match["mixed"] is not None:
        return Number(first, last, float(text[:-1]) + _FRACTIONS[match["mixed"]], "fraction")
    if match["ordinal"] is not None:
        return Number(first, last, float(text[: -len(match["ordinal"])].replace(",", "")), "ordinal")
    power = match["own"] or match["ownraised"]
    if power is not None:
        return Number(first, last, float("1e" + power.translate(_SUPERSCRIPT)), "digits", power=int(power.translate(_SUPERSCRIPT)))
    return _signed(folded, first, last, *_mantissa(match, text))


def _mantissa(match: re.Match[str], text: str) -> tuple[str, int]:
    """The digits before the power of ten, with a decimal point, and the power."""
    power = 0
    if match["scale"] is not None:
        power = _SCALES[match["scale"]]
        text = text[: match.start("scale") - match.start()].rstrip(" -")
    else:
        raised = match["e"] or match["caret"] or match["raised"] or match["stars"] or match["e10"] or match["bracket"] or match["minus"]
        raised = raised or match["lost"]
        if raised is not None:
            power = int(raised.translate(_SUPERSCRIPT))
            text = re.split(r"[ ]?[ex×*·]", text, maxsplit=1)[0]
    if match["comma"] is not None:
        text = text.replace(",", ".")
    elif match["thousands"] is not None:
        text = re.sub("[,' ]", "", text)
    elif match["space"] is not None:
        text = text.replace(" ", "").replace(",", ".")
    return text, power


def _signed(folded: str, first: int, last: int, mantissa: str, power: int) -> Number:
    # Written out as one decimal text, so that float() rounds once: 1.5 x 10^9 is 1500000000.0 exactly.
    value = float(f"{mantissa}e{power}" if power else mantissa)
    if first and folded[first - 1] == "-" and _NEGATIVE.search(folded, max(0, first - 12), first):
        return Number(first - 1, last, -value, "digits", power=power)
    return Number(first, last, value, "digits", power=power)


def _is_list(folded: str, match: re.Match[str], first: int) -> bool:
    comma, last = match.start("comma"), match.end("comma")
    left, right = int(folded[first:comma]), int(folded[comma + 1 : last])
    if folded[last : last + 1] == "," and folded[last + 1 : last + 2].isdecimal():
        return True
    if first >= 2 and folded[first - 1] == "," and folded[first - 2].isdecimal():
        return True
    following = _NEXT_IN_LIST.match(folded, last)
    rising = left < right and folded[comma + 1] != "0"
    if following is not None:
        return rising and right < int(following[1])
    return rising and last - comma == 2 and comma - first == 1 and has_cue(folded, first, CUES)


def _is_dotted_date(text: str) -> bool:
    parts = text.split(".")
    return len(parts) == 3 and len(parts[2]) == 4 and len(parts[0]) <= 2 and len(parts[1]) <= 2 and parts[2][:2] in ("19", "20")


def _dated(folded: str, number: Number) -> Number:
    """The number, or the date or year that it turns out to be."""
    first, last = number.start, number.end
    if number.kind not in ("digits", "ordinal") or last - first > 4 or number.value > 2100:
        return number
    year = _YEAR.match(folded[first:last]) is not None
    ending = folded[max(0, first - 5) : first - 1].rstrip(".,")
    if ending[-3:] in _MONTH_ENDS or (year and ending[-1:].isdecimal()):
        month = _MONTH_BEFORE.search(folded, max(0, first - 20), first)
        following = None if year else _DAY_YEAR.match(folded, last)
        if month is not None and (year or following is not None):
            return Number(month.start(), following.end() if following else last, number.value, "date")
    if not year:
        return number
    before = _BEFORE_YEAR.search(folded, max(0, first - 12), first) is not None and _AFTER_YEAR.match(folded, last) is not None
    edition = folded[first - 2 : first - 1] not in ("<", ">", "=", "≤", "≥") and _EDITION.match(folded, last) is not None
    return number._replace(kind="year") if before or edition else number


def _words(folded: str, start: int, end: int) -> Iterator[Number]:
    position = last_end = start
    while (match := _WORD.search(folded, position, end)) is not None:
        first, position = match.span()
        before = folded[first - 1] if first else " "
        if match[0] == "half" and _HALF_LIFE.match(folded, position):
            continue
        if before.isalnum() or (before == "-" and folded[first - 2 : first - 1].isalpha() and first - 1 != last_end):
            continue
        number = _word(folded, match[0], first, position, end)
        if folded[number.end : number.end + 1] == "-" and folded[number.end + 1 : number.end + 2].isalpha():
            number = number._replace(compound=True)
        position = last_end = number.end
        yield number


def _word(folded: str, word: str, first: int, last: int, end: int) -> Number:
    if word in _ORDINALS:
        return Number(first, last, float(_ORDINALS[word]), "ordinal")
    if word == "half":
        return Number(first, last, 0.5, "word")
    if word in _TIMES:
        return Number(first, last, float(_TIMES[word]), "word")
    match = _CARDINAL.match(folded, first, end)
    if match is None:
        return Number(first, last, float(_WORD_VALUES.get(word, 100)), "word")
    whole_end = match.end() if match["half"] is None and match["part"] is None else match.start("half" if match["half"] else "part")
    value, power = _cardinal(match, folded[first:whole_end])
    if match["half"] is not None:
        return Number(first, match.end(), value + 0.5, "word", power=power)
    if match["part"] is not None and value < _PARTS[match["part"]]:
        return Number(first, match.end(), value / _PARTS[match["part"]], "fraction")
    return Number(first, len(folded[:whole_end].rstrip(" -")) if match["part"] else match.end(), value, "word", power=power)


def _cardinal(match: re.Match[str], text: str) -> tuple[float, int]:
    scale = match["scale"]
    if scale is None:
        return float(_below_1000(text)), 0
    total = _below_1000(text[: match.start("scale") - match.start()]) * 10 ** _SCALES[scale]
    return (float(total + _below_1000(match["rest"])), 0) if match["rest"] else (float(total), _SCALES[scale])


def _below_1000(text: str) -> int:
    total = 0
    for word in text.replace("-", " ").split():
        total = max(total, 1) * 100 if word == "hundred" else total + _WORD_VALUES.get(word, 0)
    return total


def _romans(folded: str, start: int, end: int, cues: tuple[str, ...]) -> Iterator[Number]:
    for first, last, value, letter in find_romans(folded, start, end, cues):
        yield Number(first, last, value, "roman", suffix=letter)


def _is_stage(folded: str, first: int, lettered: int, cues: tuple[str, ...]) -> bool:
    """Whether a letter behind digits is that of a stage: behind a cue, or behind another of the list ("type 3a, 3b or 3c")."""
    return (lettered >= 0 and is_next(folded, lettered, first)) or has_cue(folded, first, cues)
