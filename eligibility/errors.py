"""Errors: each says what is wrong, where, and what to do, in one line. A trial that is merely hard to read raises none of them."""

from __future__ import annotations


class EligibilityError(Exception):
    """The one class that a caller needs to catch."""


class InputError(EligibilityError, ValueError):
    """The text, record, file or argument given is not one that can be read."""


class RuleError(EligibilityError, ValueError):
    """A file of rules says something that it may not say."""


class UnitError(EligibilityError, ValueError):
    """A unit is not known, or two units do not convert."""
