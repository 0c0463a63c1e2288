"""Many runs: cohorts of virtual patients (and, to come, sweeps)."""
