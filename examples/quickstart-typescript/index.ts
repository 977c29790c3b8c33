// Fine-tune a small model that sorts the customer messages of an online bicycle shop, and wait for it.

import * as dashscope from "@pulumi-dashscope-ft/sdk";

const data = new dashscope.TrainingFile("tickets", {
    path: "data/train.jsonl",
    description: "customer messages of a bicycle shop, sorted",
});

// Money: every new model is a training run, billed by the token. A change of anything below, or of the file, is a new run.
const triage = new dashscope.FineTunedModel("triage", {
    model: "qwen3-8b",
    trainingType: "efficient_sft",
    trainingFileIds: [data.fileId],
    hyperParameters: { n_epochs: 3, batch_size: 8, max_length: 2048, split: 0.8, learning_rate: "1e-4" },
}, { customTimeouts: { create: "6h" } });

export const jobId = triage.jobId;
export const model = triage.modelId;
export const teardown = triage.teardown;
