package io.pawline.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps many requests open, each on a connection of its own, all on one thread. Of what comes back it only sees whether
 * it names a final state.
 */
final class OpenRequests implements AutoCloseable {

    private static final Duration STANDSTILL = Duration.ofSeconds(30);

    /** More connections at once would not fit into the queue of those that the server has not accepted yet. */
    private static final int CONNECTING_AT_ONCE = 50;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("open-requests", true), NioIoHandler.newFactory());
    private final Semaphore connecting = new Semaphore(CONNECTING_AT_ONCE);
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    private final Bootstrap bootstrap;

    OpenRequests(int port) {
        bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .remoteAddress("127.0.0.1", port)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connection) {
                        connection.pipeline().addLast(new Answers());
                    }
                });
    }

    /** Sends one more request; waits while many are just connecting. */
    void get(String path) throws InterruptedException {
        connecting.acquire();
        byte[] request =
                "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".formatted(path).getBytes(US_ASCII);
        bootstrap.connect().addListener(connected -> {
            connecting.release();
            if (connected instanceof ChannelFuture future && future.isSuccess()) {
                sent.incrementAndGet();
                var _ = future.channel().writeAndFlush(Unpooled.wrappedBuffer(request));
            } else {
                dropped.incrementAndGet();
            }
        });
    }

    /** The number of requests that were sent and neither answered nor dropped. */
    int waiting() {
        return sent.get() - ended.get() - dropped.get();
    }

    /** Waits until this many requests have received something. */
    void awaitBegun(int requests) throws InterruptedException {
        await(begun, requests);
    }

    /** Waits until this many requests have received a final state, or until no more do; returns how many have. */
    int awaitEnded(int requests) throws InterruptedException {
        await(ended, requests);
        return ended.get();
    }

    private static void await(AtomicInteger count, int wanted) throws InterruptedException {
        int before = -1;
        long last = System.nanoTime();
        while (count.get() < wanted && System.nanoTime() - last < STANDSTILL.toNanos()) {
            if (count.get() > before) {
                before = count.get();
                last = System.nanoTime();
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private final class Answers extends SimpleChannelInboundHandler<ByteBuf> {

        private static final byte[] FINAL_STATE = "\"state\":\"expired\"".getBytes(US_ASCII);

        private final ByteBuf text = Unpooled.buffer(512);
        private boolean finished;

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            if (text.writerIndex() == 0) {
                begun.incrementAndGet();
            }
            text.writeBytes(bytes);
            if (!finished && ByteBufUtil.indexOf(Unpooled.wrappedBuffer(FINAL_STATE), text) >= 0) {
                finished = true;
                ended.incrementAndGet();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (!finished) {
                dropped.incrementAndGet();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            var _ = context.close();
        }
    }
}
