"""The emulated service: jobs, deployments, files, time and faults, without HTTP."""
