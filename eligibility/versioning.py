"""The version of everything that this package writes: major.minor; a major one changes what there was, a minor one only adds."""

SCHEMA_VERSION = "1.0"
