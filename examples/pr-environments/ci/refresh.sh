#!/usr/bin/env bash
# Bring a preview's state up to date, before a sweep.
#
#   ci/refresh.sh STACK   UNLOCK=no
#
# A state proves nothing about a job that is younger than it, or while it has a pending operation, and that is what a
# killed `up` leaves. This settles both. It locks the stack, as `up` and `down` do, and belongs into their group.
# UNLOCK=yes: see ci/down.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
stack=$1

if [ "${UNLOCK:-no}" = yes ]; then pulumi cancel --yes "$stack" >&2 || true; fi
pulumi refresh --stack "$stack" --yes --skip-preview --clear-pending-creates --non-interactive --color never
