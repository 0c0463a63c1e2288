"""The device: from a timeline to what leaves the catheter tip."""
