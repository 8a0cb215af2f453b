package io.pawline.benchmarks;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.apache.kafka.common.utils.AppInfoParser;
import org.springframework.boot.SpringBootVersion;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Describes the machine, the JVM and the libraries that a benchmark ran with. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record Machine(int cores, String os, String java, List<String> gc, long maxHeapMb, String kafka, String springBoot) {

    static Machine here() {
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                Runtime.version().toString(),
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(GarbageCollectorMXBean::getName)
                        .toList(),
                Runtime.getRuntime().maxMemory() >> 20,
                AppInfoParser.getVersion(),
                SpringBootVersion.getVersion());
    }

    String inOneLine() {
        return cores + " cores, JDK " + java + ", heap of " + maxHeapMb + " MB, " + String.join(" and ", gc);
    }
}
