"""Linear body models as matrices."""
