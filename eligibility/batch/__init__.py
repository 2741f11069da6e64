"""Whole registries: in, files and folders; out, four Parquet tables, what could not be read, and a summary.

The way: files -> entries (in order, numbered) -> chunks -> an engine (processes, or a cluster) -> parts on disk -> the finished tables.
A part on disk is never changed: a batch that was killed goes on behind its last one. What is written does not depend on the engine,
the number of processes, or how often the batch was killed.
"""

from __future__ import annotations

from eligibility.batch.columns import BATCH_COLUMNS
from eligibility.batch.run import run_batch
from eligibility.batch.summary import BatchSummary

__all__ = ["BATCH_COLUMNS", "BatchSummary", "run_batch"]
