package io.pawline.ops.report;

/** Counts the different numbers of {@link PlacedCall#taskStage}, which come in their order. For one thread. */
final class TaskStageCount {

    private long last;
    private long count;

    void add(long taskStage) {
        if (taskStage != last) {
            last = taskStage;
            count++;
        }
    }

    long count() {
        return count;
    }
}
