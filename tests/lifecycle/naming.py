"""The ways in which a job names its files."""

from __future__ import annotations

from typing import Any


def naming(file_id: str) -> dict[str, dict[str, Any]]:
    """Inputs of a job that names the file, by the way in which it does."""
    row, other = ({"data_source_type": "file_id", "file_id": name} for name in (file_id, "file-other"))
    return {
        "training": {"trainingFileIds": [file_id]},
        "validation": {"trainingFileIds": ["file-other"], "validationFileIds": [file_id]},
        "datasets": {"trainingFileIds": None, "trainingDatasets": [row]},
        "validation datasets": {"trainingFileIds": None, "trainingDatasets": [other], "validationDatasets": [row]},
    }
