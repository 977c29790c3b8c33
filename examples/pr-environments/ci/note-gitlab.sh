#!/usr/bin/env bash
# Post a file as a note under the merge request, where a token allows it. The token stays out of the arguments, which
# every user of the machine could read.
#
#   ci/note-gitlab.sh FILE            GITLAB_NOTE_TOKEN: a project access token with the scope `api`
set -euo pipefail
if [ -z "${GITLAB_NOTE_TOKEN:-}" ] || [ ! -e "$1" ]; then exit 0; fi
curl --fail --silent --show-error --max-time 60 --request POST --output /dev/null --header @- --data-urlencode "body@$1" \
  "$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes" \
  <<<"PRIVATE-TOKEN: $GITLAB_NOTE_TOKEN"
