"""What this provider costs, measured beside a well-meant naive one, in one run on one machine.

Why it exists: "few calls", "fast" and "light" mean nothing without something to compare with. So the same program runs
with both providers, on the same emulator settings, over real sockets and in real provider hosts, and the figures go
into a table with the target next to each. `python -m benchmarks` makes `benchmarks/RESULTS.md`.
"""
