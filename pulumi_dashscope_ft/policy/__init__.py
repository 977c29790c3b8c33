"""A policy pack for organisations: what a stack may start, keep and spend, checked before anything is started.

Needs the extra `policy`. A pack is a folder with `PulumiPolicy.yaml` and three lines of Python: examples/policies.
"""

from __future__ import annotations

from .pack import RULES, policies, policy_pack

__all__ = ["RULES", "policies", "policy_pack"]
