package io.pawline.benchmarks;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Serves the photos of the front end and takes its callbacks, if their signature is right. It is as cheap as possible,
 * with one thread and no other work, because it uses the processor of the machine that is measured.
 */
final class FrontEndServer implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LARGEST_CALLBACK = 64 << 10;

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("front-end", true), NioIoHandler.newFactory());
    private final AtomicReference<Run> run = new AtomicReference<>(new Run(0));
    private final Webhook webhook;
    private final byte[] photo;
    private final Channel channel;

    /**
     * A server that listens.
     *
     * @param photo a JPEG
     */
    FrontEndServer(String webhookSecret, byte[] photo) throws EmptyWebhookSecretException, InterruptedException {
        this.webhook = new Webhook(webhookSecret);
        this.photo = photo.clone();
        this.channel = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connection) {
                        connection
                                .pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        new HttpObjectAggregator(LARGEST_CALLBACK),
                                        new Requests());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    URI photoUrl() {
        return url("/photo.jpg");
    }

    URI callbackUrl() {
        return url("/callback");
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + ((InetSocketAddress) channel.localAddress()).getPort() + path);
    }

    /** Counts the callbacks from now on for this run. */
    void expect(Run next) {
        run.set(next);
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private final class Requests extends SimpleChannelInboundHandler<FullHttpRequest> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request)
                throws WebhookSigningException {
            if (request.method().equals(HttpMethod.GET)) {
                answer(context, HttpResponseStatus.OK, Optional.of(photo));
            } else if (take(request)) {
                answer(context, HttpResponseStatus.NO_CONTENT, Optional.empty());
            } else {
                answer(context, HttpResponseStatus.UNAUTHORIZED, Optional.empty());
            }
        }

        private boolean take(FullHttpRequest callback) throws WebhookSigningException {
            String body = callback.content().toString(StandardCharsets.UTF_8);
            String id = callback.headers().get("webhook-id", "");
            long timestamp = Long.parseLong(callback.headers().get("webhook-timestamp", "0"));
            // One for each secret that signs: the tenant's own and the one that all tenants share
            List<String> signatures =
                    List.of(callback.headers().get("webhook-signature", "").split(" "));
            if (!signatures.contains(webhook.sign(id, timestamp, body))) {
                return false;
            }
            JsonNode task = JSON.readTree(body).path("params").path("data");
            run.get()
                    .calledBack(
                            task.path("task_id").stringValue(),
                            task.path("status").stringValue());
            return true;
        }

        private static void answer(ChannelHandlerContext context, HttpResponseStatus status, Optional<byte[]> jpeg) {
            var response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    status,
                    jpeg.map(Unpooled::wrappedBuffer).orElse(Unpooled.EMPTY_BUFFER));
            if (jpeg.isPresent()) {
                response.headers()
                        .set(HttpHeaderNames.CONTENT_TYPE, "image/jpeg")
                        .set(HttpHeaderNames.CONTENT_LENGTH, jpeg.get().length);
            } else if (status.code() != 204) {
                response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
            }
            var _ = context.writeAndFlush(response);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            var _ = context.close();
        }
    }
}
