package io.pawline.outbound;

import io.pawline.events.CallPhase;
import io.pawline.outbound.Exchange.Died;
import io.pawline.schemas.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/**
 * Classifies a failed connection. It does not quote the messages of exceptions, because some hold the whole address,
 * and an address may be signed.
 */
final class TransportFailure {

    private TransportFailure() {}

    static Died classify(String host, CallPhase phase, IOException failure) {
        return switch (failure) {
            case AddressRefusedException refused ->
                new Died(Reason.ADDRESS_REFUSED, phase, host + " is not called: " + refused.getMessage());
            case SystemDns.DnsTimeoutException _ ->
                new Died(Reason.CONNECT_TIMEOUT, phase, "the name server did not answer in time for " + host);
            case NoPublicAddressException _ ->
                new Died(Reason.CONNECTION_FAILED, phase, host + " is unknown or has no public address");
            case UnknownHostException _ -> new Died(Reason.CONNECTION_FAILED, phase, host + " is unknown");
            case InterruptedIOException _ -> timedOut(host, phase);
            default -> phase == CallPhase.CONNECT ? notConnected(host, failure) : lost(host, phase, failure);
        };
    }

    static Died timedOut(String host, CallPhase phase) {
        return switch (phase) {
            case CONNECT -> new Died(Reason.CONNECT_TIMEOUT, phase, "no connection to " + host + " in time");
            case SEND -> new Died(Reason.READ_TIMEOUT, phase, host + " did not take the whole request in time");
            case WAIT -> new Died(Reason.READ_TIMEOUT, phase, host + " did not answer in time");
            case READ, DONE ->
                new Died(Reason.READ_TIMEOUT, phase, "the answer of " + host + " was not complete in time");
        };
    }

    private static Died notConnected(String host, IOException failure) {
        String how = failure instanceof SSLException ? "the TLS handshake failed" : "no connection was possible";
        return new Died(Reason.CONNECTION_FAILED, CallPhase.CONNECT, host + ": " + how);
    }

    private static Died lost(String host, CallPhase phase, IOException failure) {
        if (failure instanceof ProtocolException && phase == CallPhase.WAIT) {
            return new Died(Reason.MALFORMED_ANSWER, phase, "the answer of " + host + " is not HTTP");
        }
        String when = switch (phase) {
            case CONNECT, SEND -> "while the request was sent";
            case WAIT -> "before an answer came";
            case READ, DONE -> "before the answer was complete";
        };
        return new Died(Reason.CONNECTION_LOST, phase, "the connection to " + host + " broke " + when);
    }
}
