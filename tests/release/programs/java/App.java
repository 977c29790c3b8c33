package shop;

import com.pulumi.Pulumi;
import io.github.pulumi_dashscope_ft.dashscopeft.FineTuningJob;
import io.github.pulumi_dashscope_ft.dashscopeft.FineTuningJobArgs;
import io.github.pulumi_dashscope_ft.dashscopeft.TrainingFile;
import io.github.pulumi_dashscope_ft.dashscopeft.TrainingFileArgs;
import java.util.Map;

/** A job on a training file, with the classes that Pulumi generates for Java. */
public final class App {
    private App() {
    }

    public static void main(String[] arguments) {
        Pulumi.run(context -> {
            var data = new TrainingFile("data", TrainingFileArgs.builder().path("train.jsonl").build());
            var job = new FineTuningJob("job", FineTuningJobArgs.builder()
                .model("qwen3-8b")
                .trainingType("efficient_sft")
                .trainingFileIds(data.fileId().applyValue(id -> java.util.List.of(id)))
                .hyperParameters(Map.of("n_epochs", 3))
                .build());
            context.export("jobId", job.jobId());
        });
    }
}
