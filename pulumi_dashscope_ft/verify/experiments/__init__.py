"""The experiments. They share jobs, so that a run makes few."""
