"""The experiments. They share jobs: each makes as few as its facts allow."""
