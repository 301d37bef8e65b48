"""What the gradebook keeps besides nbgrader's own: nbgrader makes these tables when it opens it."""

from __future__ import annotations

from nbgrader.api import Base
from sqlalchemy import Column, DateTime, String, Text


class Work(Base):
    """What points were given for: by it, changed work is told from graded work."""

    __tablename__ = "dwsep_work"

    #: A submitted notebook's id
    notebook_id = Column(String(32), primary_key=True)

    #: Hashes of a learner's work by graded cell, as JSON
    hashes = Column(Text(), nullable=False)


class Extension(Base):
    """Until when one learner may hand in a unit; there need be no submission yet."""

    __tablename__ = "dwsep_extension"

    unit = Column(String(128), primary_key=True)
    learner = Column(String(128), primary_key=True)

    #: In UTC, without a time zone, as nbgrader has its times
    due = Column(DateTime(), nullable=False)
