"""The compression templates of the service.

A compression job names a template, which declares the hyper-parameters that it takes (API reference 11.1). The shape
is documented, mixed key styles included; the templates themselves are made up, because no page lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

COMPRESSIBLE = ("qwen3.5-flash-2026-02-23",)
"""Base models whose full-parameter custom models can be compressed (documented)."""
KIND = "quantization"
"""The value of `training_type`, `compress_type` and `group`."""
LANGUAGES = ("en-US", "zh-CN")
CALIBRATION_INPUT = "calib_input"
"""The hyper-parameter that allows calibration files (documented)."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared hyper-parameter.

    `names` is its display name in each of :data:`LANGUAGES`. A number has a range, a text a list of values.
    """

    name: str
    names: tuple[str, str]
    default: object
    values: tuple[object, ...] = ()
    least: int | None = None
    most: int | None = None

    def takes(self, value: object) -> bool:
        """Whether a job may have this value."""
        if self.least is None or self.most is None:
            return value in self.values and isinstance(value, (bool, str))
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        return self.least <= value <= self.most and value == int(value)

    def to_payload(self, language: str) -> dict[str, Any]:
        """Return the declaration, as a template shows it (11.1)."""
        number = self.least is not None
        name = self.names[LANGUAGES.index(language)]
        return {
            "name": self.name,
            "type": "number" if number else "string",
            "display_name": name,
            "description": name,
            "support_values": [str(value).lower() for value in self.values if isinstance(value, str)],
            "data_range": f"[{self.least},{self.most}]" if number else "",
            "step": 1 if number else None,
            "defaultValue": self.default,
            "recommend_value": self.default,
            "required": False,
            "advancedParameter": number,
            "is_advanced_parameter": number,
        }


@dataclass(frozen=True, slots=True)
class Template:
    """One template. `spec` and `method` are what the filters `quant_spec` and `quant_method` of the list compare."""

    template_id: str
    spec: str
    method: str
    names: tuple[str, str]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def name(self, language: str = LANGUAGES[0]) -> str:
        """Return the display name in that language."""
        return self.names[LANGUAGES.index(language)]

    def description(self, language: str = LANGUAGES[0]) -> str:
        """Return what the template does, in that language."""
        return f"{self.spec} ({self.method}): {self.name(language)}"

    def to_payload(self, language: str) -> dict[str, Any]:
        """Return the template object (11.1)."""
        return {
            "template_id": self.template_id,
            "template_name": self.name(language),
            "description": self.description(language),
            "compress_type": KIND,
            "hyper_parameters": [parameter.to_payload(language) for parameter in self.parameters.values()],
        }


_TRUTH = ("true", "false", True, False)
"""The page says "true" of a parameter whose type can only be a number or a string: text and boolean are taken."""

_PARAMETERS = {
    parameter.name: parameter
    for parameter in (
        Parameter(CALIBRATION_INPUT, ("own calibration data", "自定义校准数据"), "false", _TRUTH),
        Parameter("calib_samples", ("calibration samples", "校准样本数"), 128, least=1, most=4096),
    )
}

TEMPLATES: Mapping[str, Template] = {
    template.template_id: template
    for template in (
        Template("quant-w8a8", "w8a8", "smoothquant", ("8 bit weights and activations", "W8A8 量化"), _PARAMETERS),
        Template("quant-w4a16", "w4a16", "gptq", ("4 bit weights", "W4A16 量化"), _PARAMETERS),
    )
}
