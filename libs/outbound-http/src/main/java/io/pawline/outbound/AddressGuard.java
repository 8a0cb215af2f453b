package io.pawline.outbound;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses calls to addresses from outside that are not public. It allows only http and https, no user and password, and
 * no private address. A host is looked up once, and the connection goes to the address that was checked. So a name that
 * changes between check and use (DNS rebinding) gains nothing. A host with a private address is answered as one that is
 * unknown, so that nobody learns what names exist inside. Thread-safe.
 */
public final class AddressGuard implements Dns {

    /**
     * The tenant that has named the address to be called. Each tenant has a share of the look-ups of hosts. Not set: no
     * tenant has.
     */
    public static final ScopedValue<String> TENANT = ScopedValue.newInstance();

    private static final Logger log = LoggerFactory.getLogger(AddressGuard.class);

    /**
     * Matches a host that some resolver takes for a number. Its last label is digits or 0x… (the URL standard's
     * <a href="https://url.spec.whatwg.org/#ends-in-a-number-checker">ends in a number</a>).
     */
    private static final Pattern ENDS_IN_A_NUMBER = Pattern.compile("(?i)(.*\\.)?([0-9]+|0x[0-9a-f]*)\\.?");

    private static final Pattern DOTTED_QUAD = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    static final String NO_HTTP = "only absolute http and https addresses are called";

    private final AllowList allowed;
    private final Dns resolver;

    AddressGuard(AllowList allowed, Dns resolver) {
        this.allowed = Objects.requireNonNull(allowed, "allowed");
        this.resolver = Objects.requireNonNull(resolver, "resolver");
    }

    /** A guard with the allow-list of these settings that asks the system's resolver. */
    public static AddressGuard of(OutboundProperties properties) {
        return new AddressGuard(AllowList.parse(properties.allow()), new SystemDns());
    }

    /**
     * The objection to this address that is known without a look-up of its host. It is for an early refusal. The whole
     * check is made when the address is called.
     *
     * @return one sentence for a person; empty if there is no objection
     */
    public Optional<String> objection(URI url) {
        return parse(url).map(this::objection).orElse(Optional.of(NO_HTTP));
    }

    /** The address as OkHttp reads it. OkHttp also finds a host in {@code http:///host}. */
    static Optional<HttpUrl> parse(URI url) {
        return url.getRawAuthority() == null ? Optional.empty() : Optional.ofNullable(HttpUrl.get(url));
    }

    Optional<String> objection(HttpUrl url) {
        if (!url.username().isEmpty() || !url.password().isEmpty()) {
            return Optional.of("an address with a user or a password is not called");
        }
        String host = url.host();
        if (allowed.allowsHost(host)) {
            return Optional.empty();
        }
        return isLiteral(host) ? objectionToLiteral(host) : Optional.empty();
    }

    /** Checks a literal address, because OkHttp connects to it without asking its {@code Dns}. */
    private Optional<String> objectionToLiteral(String host) {
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException unreadable) {
            return Optional.of("the host is not an IP address in its usual form");
        }
        // 127.1, 2130706433 and 010.0.0.1 mean different addresses to different readers
        if (!host.contains(":")
                && !(DOTTED_QUAD.matcher(host).matches()
                        && address.getHostAddress().equals(host))) {
            return Optional.of("the host is not an IP address in its usual form");
        }
        return mayCall(address) ? Optional.empty() : Optional.of("the address is not public");
    }

    @Override
    public List<InetAddress> lookup(String hostname) throws UnknownHostException {
        if (isLiteral(hostname)) {
            Optional<String> objection = allowed.allowsHost(hostname) ? Optional.empty() : objectionToLiteral(hostname);
            if (objection.isPresent()) {
                throw new AddressRefusedException(objection.get());
            }
        }
        List<InetAddress> addresses = find(hostname);
        if (!allowed.allowsHost(hostname) && !addresses.stream().allMatch(this::mayCall)) {
            log.info("{} is not called: it has an address that is not public", hostname);
            throw new NoPublicAddressException();
        }
        return addresses;
    }

    private List<InetAddress> find(String hostname) throws UnknownHostException {
        try {
            return resolver.lookup(hostname);
        } catch (SystemDns.DnsTimeoutException tooSlow) {
            throw tooSlow;
        } catch (UnknownHostException unknown) {
            NoPublicAddressException failure = new NoPublicAddressException();
            failure.initCause(unknown);
            throw failure;
        }
    }

    private static boolean isLiteral(String host) {
        return host.contains(":") || ENDS_IN_A_NUMBER.matcher(host).matches();
    }

    private boolean mayCall(InetAddress address) {
        return PublicAddresses.contain(address) || allowed.allowsAddress(address);
    }
}
