package io.pawline.outbound;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Lists hosts, addresses and ranges that may be called although they are not public. */
record AllowList(Set<String> hosts, List<AddressRange> ranges) {

    private static final Pattern HOST_NAME = Pattern.compile("[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?");
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*[:/].*");

    AllowList {
        hosts = Set.copyOf(hosts);
        ranges = List.copyOf(ranges);
    }

    /**
     * Reads the entries of the setting.
     *
     * @throws IllegalArgumentException if an entry is no host name, address or range; the message names the setting and
     *     the entry
     */
    static AllowList parse(List<String> entries) {
        Set<String> hosts = new HashSet<>();
        List<AddressRange> ranges = new ArrayList<>();
        for (String entry : entries) {
            String text = entry.strip().toLowerCase(Locale.ROOT);
            if (ADDRESS.matcher(text).matches()) {
                ranges.add(range(text).orElseThrow(() -> unreadable(entry)));
            } else if (HOST_NAME.matcher(text).matches()) {
                hosts.add(text);
            } else {
                throw unreadable(entry);
            }
        }
        return new AllowList(hosts, ranges);
    }

    private static Optional<AddressRange> range(String text) {
        try {
            return Optional.of(AddressRange.parse(text));
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private static IllegalArgumentException unreadable(String entry) {
        return new IllegalArgumentException("pawline.outbound.allow holds \"" + entry
                + "\": write a host name, an IP address or a range such as 10.0.0.0/8");
    }

    boolean allowsHost(String host) {
        return hosts.contains(host.toLowerCase(Locale.ROOT));
    }

    boolean allowsAddress(InetAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }
}
