"""The compiled engine: loops over floats on plain arrays, one source that runs as it stands and compiled.

A scenario is marched panel by panel from edge to edge; what the march leaves in its store answers every
question that a metric asks. Nothing is allocated on the way: everything stands in a ``Desk`` and a ``Store``
that are used again and again.
"""
