"""One file per kind; each ends in KIND."""
