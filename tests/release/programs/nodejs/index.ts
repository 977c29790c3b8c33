// A job on a training file, with the classes that Pulumi generates for TypeScript.

import * as dashscope from "@pulumi-dashscope-ft/sdk";

const data = new dashscope.TrainingFile("data", { path: "train.jsonl" });
const job = new dashscope.FineTuningJob("job", {
    model: "qwen3-8b",
    trainingType: dashscope.TrainingType.EfficientSft,
    trainingFileIds: [data.fileId],
    hyperParameters: { n_epochs: 3 },
    onDestroy: dashscope.OnDestroy.Delete,
});

export const jobId = job.jobId;
