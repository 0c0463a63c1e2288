"""One file per body model; each ends in BODY."""
