package io.pawline.simulator;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the simulator's HTTP requests. Netty holds the connections, because it notices at once that a client leaves
 * and can reset a connection. Each request has a virtual thread, so a slow answer costs no platform thread.
 */
final class HttpEndpoint implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HttpEndpoint.class);

    /** Room for a photo of 20 MB in base64. */
    private static final int LARGEST_REQUEST = 32 << 20;

    @FunctionalInterface
    interface Handler {
        SimulatedReply handle(SimulatedCall simulatedCall) throws InterruptedException;
    }

    private final Handler handler;
    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory("simulator", true), NioIoHandler.newFactory());
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final ExecutorService requests = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("simulator-request-", 0).factory());

    HttpEndpoint(Handler handler) {
        this.handler = handler;
    }

    /**
     * Listens on this address of the machine.
     *
     * @return the port
     */
    int listen(InetAddress address, int port) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        open.add(channel);
                        channel.pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        new HttpServerKeepAliveHandler(),
                                        new HttpObjectAggregator(LARGEST_REQUEST),
                                        new Requests());
                    }
                });
        var bound = bootstrap.bind(new InetSocketAddress(address, port)).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("the provider simulator cannot listen on port " + port, bound.cause());
        }
        open.add(bound.channel());
        return ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    @Override
    public void close() {
        open.close().awaitUninterruptibly();
        requests.shutdownNow();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** Handles the requests of one connection, one at a time. */
    private final class Requests extends SimpleChannelInboundHandler<FullHttpRequest> {

        private @Nullable SimulatedCall underWay;

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            if (underWay != null) {
                // No client of the providers sends a request before the last one is answered
                var _ = context.close();
                return;
            }
            SimulatedCall simulatedCall = new SimulatedCall(
                    requestId(),
                    request.method().name(),
                    request.uri(),
                    request.headers().copy(),
                    ByteBufUtil.getBytes(request.content()));
            underWay = simulatedCall;
            requests.execute(() -> handle(context.channel(), simulatedCall));
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (underWay != null) {
                underWay.connectionClosed();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // A client that resets the connection has given up
            var _ = context.close();
        }

        private void handle(Channel channel, SimulatedCall simulatedCall) {
            SimulatedReply simulatedReply;
            try {
                simulatedReply = handler.handle(simulatedCall);
            } catch (InterruptedException e) {
                var _ = channel.close();
                return;
            } catch (RuntimeException e) {
                log.error("The simulator failed on {} {}", simulatedCall.method(), simulatedCall.path(), e);
                simulatedReply = SimulatedReply.problem(500, "the simulator failed: " + e);
            }
            SimulatedReply decided = simulatedReply;
            channel.eventLoop().execute(() -> send(channel, simulatedCall, decided));
        }

        private void send(Channel channel, SimulatedCall simulatedCall, SimulatedReply simulatedReply) {
            underWay = null;
            switch (simulatedReply) {
                case SimulatedReply.Answer answer -> {
                    var response = new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            HttpResponseStatus.valueOf(answer.status()),
                            Unpooled.wrappedBuffer(answer.body()));
                    response.headers()
                            .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                            .set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length)
                            .set("X-Request-Id", simulatedCall.id());
                    answer.headers().forEach(response.headers()::set);
                    var _ = channel.writeAndFlush(response);
                }
                case SimulatedReply.Reset _ -> {
                    channel.config().setOption(ChannelOption.SO_LINGER, 0);
                    var _ = channel.close();
                }
                case SimulatedReply.Silence _ -> {
                    var _ = channel.close();
                }
            }
        }

        private static String requestId() {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            return "02%016x%016x".formatted(random.nextLong(), random.nextLong());
        }
    }
}
