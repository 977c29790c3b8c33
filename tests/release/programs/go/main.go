// A job on a training file, with the classes that Pulumi generates for Go.
package main

import (
	"github.com/pulumi-dashscope-ft/pulumi-dashscope-ft/sdk/go/dashscopeft"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		data, err := dashscopeft.NewTrainingFile(ctx, "data", &dashscopeft.TrainingFileArgs{
			Path: pulumi.String("train.jsonl"),
		})
		if err != nil {
			return err
		}
		job, err := dashscopeft.NewFineTuningJob(ctx, "job", &dashscopeft.FineTuningJobArgs{
			Model:           pulumi.String("qwen3-8b"),
			TrainingType:    pulumi.String("efficient_sft"),
			TrainingFileIds: pulumi.StringArray{data.FileId},
			HyperParameters: pulumi.Map{"n_epochs": pulumi.Int(3)},
			OnDestroy:       dashscopeft.OnDestroyDelete,
		})
		if err != nil {
			return err
		}
		ctx.Export("jobId", job.JobId)
		return nil
	})
}
