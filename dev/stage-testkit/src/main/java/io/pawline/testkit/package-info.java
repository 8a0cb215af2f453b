/**
 * Runs stages for tests and benchmarks: in this process ({@code TestingStage}, {@code RunningStages}, {@code
 * LoadedStage}) or in processes of their own ({@code StageSite}, {@code ChildProcess}), against an embedded broker
 * ({@code TestingKafka}) and a provider in real time. The scenarios ({@code KillScenario}, {@code ProviderOutage} and
 * others) are used by both. Tests and benchmarks of any module may use it; code that runs in production may not.
 */
@NullMarked
package io.pawline.testkit;

import org.jspecify.annotations.NullMarked;
