"""Sample bodies of create calls in the API reference, rebuilt with made-up ids; the number is the reference's section.

Each is a body that the documentation calls valid. So the emulator has to take it, and a user who writes it as a
resource must get that very request: the same table goes through both.
"""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]

FILE = "11111111-2222-4333-8444-555555555555"
OTHER = "66666666-7777-4888-8999-000000000000"
BY_ID = [{"data_source_type": "file_id", "file_id": FILE}]
COMPRESSIBLE = "qwen3.5-flash-2026-02-23"

_MOUNTED = {"region": "cn-beijing", "bucket": "my-bucket", "file_path": "train/data.jsonl"}
_TYPED = {"type": "training", **BY_ID[0]}
_UNITS = {"charge_type": "mtu_postpaid", "mtu_spec_code": "MTU4", "mtu_capacity": 24}
_TEXT = {"n_epochs": 3, "batch_size": 32, "max_length": 8192}

JOBS: dict[str, Body] = {
    "text (3.1.2)": {
        "model": "qwen3-14b",
        "training_datasets": [*BY_ID, {"data_source_type": "file_id", "file_id": OTHER}],
        "hyper_parameters": {**_TEXT, "split": 0.9, "learning_rate": "1.6e-5", "lr_scheduler_type": "linear"},
        "training_type": "sft",
        "finetuned_output_suffix": "suffix",
    },
    "text with several checkpoints (3.1.2)": {
        "model": "qwen3-8b",
        "training_file_ids": [FILE],
        "hyper_parameters": {"n_epochs": 1, "batch_size": 16, "max_length": 8192, "save_total_limit": 10},
        "training_type": "efficient_sft",
    },
    "mixed data sets (3.1.1)": {
        "model": "qwen3-8b",
        "training_datasets": [*BY_ID, {"data_source_type": "oss_mount", "mount_storage": _MOUNTED}],
        "training_type": "sft",
        "hyper_parameters": {},
    },
    "continued pre-training (6.1)": {
        "model": "qwen3-32b",
        "training_file_ids": [FILE],
        "training_type": "cpt",
        "hyper_parameters": {**_TEXT, "learning_rate": 1e-5, "eval_steps": 50, "lr_scheduler_type": "cosine"},
    },
    "preferences (6.1)": {
        "model": "qwen3-8b",
        "training_file_ids": [FILE],
        "validation_file_ids": [OTHER],
        "training_type": "dpo_full",
        "job_name": "evening-preferences",
        "hyper_parameters": {**_TEXT, "warmup_ratio": 0.05, "weight_decay": 0.1},
    },
    "preferences by LoRA (6.1)": {
        "model": "qwen3-8b",
        "training_file_ids": [FILE],
        "training_type": "dpo_lora",
        "hyper_parameters": {**_TEXT, "lora_rank": 64, "lora_alpha": 32, "lora_dropout": 0.1},
    },
    "wan video (6.2)": {
        "model": "wan2.5-i2v-preview",
        "training_file_ids": [FILE],
        "validation_file_ids": [OTHER],
        "training_type": "efficient_sft",
        "hyper_parameters": {
            "n_epochs": 400,
            "batch_size": 2,
            "learning_rate": 2e-5,
            "split": 0.9,
            "eval_epochs": 50,
            "max_pixels": 36864,
        },
    },
    "wan image (6.3)": {
        "model": "wan2.7-image-pro",
        "training_file_ids": [FILE],
        "training_type": "efficient_sft",
        "hyper_parameters": {
            "max_steps": 800,
            "eval_steps": 200,
            "learning_rate": 3e-5,
            "generation_type": "t2i",
            "max_pixels": "2k",
            "val_img_size": "2k",
            "max_token_length": "2k",
            "gradient_clip": 0.5,
            "weight_decay": 0.02,
            "lora_rank": 32,
            "save_total_limit": 10,
        },
    },
    "qwen-image (6.3)": {
        "model": "qwen-image-2.0",
        "training_file_ids": [FILE],
        "training_type": "efficient_sft",
        "hyper_parameters": {
            "n_epochs": 10,
            "eval_epochs": 10,
            "generation_type": "i2i",
            "max_pixels": "2k",
            "val_img_size": "2k",
            "gradient_clip": 0.5,
            "weight_decay": 0.02,
            "lora_rank": 32,
        },
    },
    "CosyVoice (6.4)": {
        "model": "cosyvoice-v3-flash",
        "training_file_ids": [FILE],
        "training_type": "efficient_sft",
        "model_name": "harbour voice",
        "hyper_parameters": {
            "lm_max_epoch": 60,
            "lm_step": 5,
            "lm_num": 3,
            "lm_batch_size": 1000,
            "fm_max_epoch": 100,
            "fm_step": 10,
            "fm_num": 3,
            "fm_batch_size": 2000,
        },
    },
    "decision model (6.5)": {
        "model": "decision-model-preview-2026-09-24",
        "training_file_ids": [FILE],
        "training_type": "efficient_sft",
        "finetuned_output_suffix": "harbour",
        "hyper_parameters": {"n_epochs": 2, "learning_rate": "2e-5", "batch_size": 1, "save_strategy": "epoch"},
    },
    "reinforcement learning (13.1)": {
        "model": "qwen3.5-9b",
        "training_datasets": [_TYPED],
        "validation_datasets": [{"type": "validation", "data_source_type": "file_id", "file_id": OTHER}],
        "rollout": {"rollout_id": "ro-1", "name": "solve", "weight": 1.0, "timeout": 600},
        "rewards": [{"reward_id": "rw-1", "name": "exact", "weight": 1.0, "timeout": 600}],
        "hyper_parameters": {
            "algorithm": "gspo",
            "batch_size": 64,
            "n_epochs": 1,
            "n_rollouts": 8,
            "ppo_mini_batch_size": 8,
            "learning_rate": 2e-6,
            "lr_scheduler_type": "linear",
            "lr_warmup_steps": -1,
            "kl_loss_coef": 0.002,
            "max_length": 8192,
            "max_prompt_length": 1024,
            "eval_steps": 1,
            "save_strategy": "epoch",
            "save_steps": 100,
            "save_total_limit": 1,
        },
        "resource_config": _UNITS,
        "training_type": "reinforcement",
        "job_name": "agentic-rl-1a2b3c4d",
    },
    "reinforcement learning as the guide spells it (6.7)": {
        "model": "qwen3.5-flash-2026-02-23",
        "training_datasets": [{"type": "training", "data_source_type": "oss_mount", "mount_storage": _MOUNTED}],
        "rollout": {"rollout_id": "ro-1", "cpu": 2, "memory_size": 4096, "env": {"DEBUG": "true"}},
        "rewards": [{"reward_id": "rw-1"}, {"reward_id": "rw-2", "weight": 0.5}],
        "hyper_parameters": {"algorithm": "grpo", "batch_size": 64, "n_epochs": 1, "n_rollouts": 8},
        "resource_config": {**_UNITS, "mtu_capacity": 72},
        "training_type": "rl",
    },
    "distillation (13.1)": {
        "model": "qwen3.5-9b",
        "training_datasets": [{**_TYPED, "file_name": "prompts.jsonl"}],
        "hyper_parameters": {"n_epochs": 1, "batch_size": 64, "opd_teacher_infer_tp": 8},
        "resource_config": _UNITS,
        "training_type": "pg_opd",
        "teacher_model": "qwen3.5-122b-a10b",
        "priority": "L1",
    },
}

DEPLOYMENTS: dict[str, tuple[str, Body]] = {
    # Name → the base model of a LoRA result, and the request without that result's `model_name`.
    "by token (5.2)": ("qwen3-8b", {"plan": "lora", "capacity": 1}),
    "model units (5.2)": (
        "qwen3-8b",
        {"plan": "mu", "deploy_spec": "MU1", "capacity": 2, "billing_method": "POST_PAY", "enable_thinking": True},
    ),
    "model units with limits (5.2)": (
        "qwen3-8b",
        {
            "plan": "mu",
            "deploy_spec": "MU2",
            "capacity": 8,
            "billing_method": "POST_PAY",
            "max_context_length": 8192,
            "rpm_limit": 60,
            "tpm_limit": 100_000,
            "suffix": "evening",
        },
    ),
    "prefill and decode apart (5.1)": (
        "qwen3.5-27b",
        {
            "plan": "mu",
            "deploy_spec": "MU1-PD",
            "prefill_capacity": 8,
            "decode_capacity": 8,
            "billing_method": "POST_PAY",
            "name": "split-server",
        },
    ),
    "by the id of a template (5.2)": (
        "qwen3.5-27b",
        {"plan": "mu", "deploy_spec": "dps-20261101090000-ab1cd", "capacity": 1, "billing_method": "POST_PAY"},
    ),
    "speech (5.2)": (
        "cosyvoice-v3-flash",
        {"plan": "mu", "deploy_spec": "MU5", "capacity": 1, "billing_method": "POST_PAY", "name": "harbour-voice"},
    ),
    "wan image (5.2)": ("wan2.7-image-pro", {"plan": "lora", "capacity": 1}),
    "wan video (5.2)": (
        "wan2.7-i2v",
        {
            "plan": "lora",
            "capacity": 1,
            "aigc_config": {"use_input_prompt": False, "prompt": "a boat", "lora_prompt_default": "a boat"},
        },
    ),
    "decision model (5.2)": (
        "decision-model-preview-2026-09-24",
        {"plan": "mu", "deploy_spec": "MU5", "capacity": 1, "billing_method": "POST_PAY"},
    ),
}

RESERVATIONS: dict[str, Body] = {
    # Deployments of base models, each of another: a second one of a model needs a suffix.
    "throughput of the create page (5.2)": {
        "model_name": "qwen3.7-plus-2026-05-26",
        "plan": "ptu",
        "ptu_capacity": {"input_tpm": 10_000, "output_tpm": 1_000, "thinking_output_tpm": 500},
        "name": "evening-rush",
    },
    "throughput of the reservation page (14.1)": {
        "model_name": "qwen3.6-plus-2026-04-02",
        "plan": "ptu",
        "service_tier": "ptu_fast",
        "charge_type": "post_paid",
        "ptu_capacity": {"input_tpm": 10_000, "output_tpm": 1_000},
    },
    "throughput paid in advance (14.1)": {
        "model_name": "qwen3.5-plus-2026-02-15",
        "plan": "ptu",
        "charge_type": "pre_paid",
        "ptu_capacity": {"input_tpm": 10, "output_tpm": 1},
        "pre_paid_info": {"duration": 30, "auto_renewal": False},
    },
}

COMPRESSIONS: dict[str, Body] = {
    # Without the `model`, which is one with full weights that goes back to `COMPRESSIBLE`.
    "least (11.2)": {"template_id": "quant-w8a8"},
    "everything (11.2)": {
        "template_id": "quant-w4a16",
        "job_name": "evening-quantization",
        "job_description": "the sorter, in 4 bits",
        "hyper_parameters": {"calib_input": "true", "calib_samples": 256},
        "custom_calibration_file_ids": ["file-0123456789abcdef0123456789abcdef"],
        "output_model_suffix": "small",
    },
}
