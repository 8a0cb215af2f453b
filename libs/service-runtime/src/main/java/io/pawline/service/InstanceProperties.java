package io.pawline.service;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The settings that identify a process of a service.
 *
 * @param instanceId unique among the processes of a service, and the same after a restart, so that a restarted process
 *     resumes at once; default: host name and process id, which in a container stay the same when it is restarted
 */
@ConfigurationProperties("pawline")
public record InstanceProperties(@Nullable String instanceId) {

    /** The configured id, or the default. */
    @Override
    public String instanceId() {
        return instanceId == null || instanceId.isBlank() ? hostAndProcess() : instanceId;
    }

    private static String hostAndProcess() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            host = "host";
        }
        return host + "-" + ProcessHandle.current().pid();
    }
}
