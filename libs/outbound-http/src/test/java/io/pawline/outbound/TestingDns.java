package io.pawline.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Dns;

/** A resolver that gives the answers of a host one after the other, and then repeats the last one. */
final class TestingDns implements Dns {

    private final Map<String, Deque<List<InetAddress>>> answers = new ConcurrentHashMap<>();
    private final AtomicInteger lookups = new AtomicInteger();

    TestingDns answer(String host, String... addresses) {
        answers.computeIfAbsent(host, _ -> new ArrayDeque<>())
                .add(Arrays.stream(addresses).map(InetAddress::ofLiteral).toList());
        return this;
    }

    int lookups() {
        return lookups.get();
    }

    @Override
    public List<InetAddress> lookup(String hostname) throws UnknownHostException {
        lookups.incrementAndGet();
        Deque<List<InetAddress>> left = answers.get(hostname);
        if (left == null) {
            throw new UnknownHostException(hostname);
        }
        return left.size() > 1 ? left.remove() : left.element();
    }
}
