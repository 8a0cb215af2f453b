package io.pawline.images;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.s3.presigner.model.PresignedGetObjectRequest;
import software.amazon.awssdk.services.s3.presigner.model.PresignedPutObjectRequest;

/** Keeps images as objects in one bucket of an S3-compatible store. The bucket must exist; it is never made. */
final class S3ImageStore implements ManagedImageStore, AutoCloseable {

    // The second attempt is for an idle connection that the store has closed. Everything worse is for the caller to
    // retry,
    // with its backoff and its share of retries.
    private static final int ATTEMPTS = 2;

    private static final String CONTENT_TYPE = "Content-Type";

    /** Headers that every client sends by itself; a page in a browser may not set them. */
    private static final Set<String> BY_ITSELF = Set.of("host", "content-length");

    private final S3Client client;
    private final S3Presigner presigner;
    private final String bucket;
    private final Duration urlExpiry;
    private final @Nullable URI publicBaseUrl;

    /** @param publicBaseUrl address at which objects are read without a signature; null: addresses are presigned */
    S3ImageStore(ImageStoreProperties.S3 settings, @Nullable URI publicBaseUrl) {
        AwsCredentialsProvider credentials = credentials(settings);
        this.client = client(settings, credentials);
        this.presigner = presigner(settings, credentials);
        this.bucket = Objects.requireNonNull(settings.bucket(), "bucket");
        this.urlExpiry = settings.urlExpiry();
        this.publicBaseUrl = publicBaseUrl;
    }

    private static AwsCredentialsProvider credentials(ImageStoreProperties.S3 settings) {
        String accessKey = settings.accessKey();
        String secretKey = settings.secretKey();
        return accessKey == null || secretKey == null
                ? DefaultCredentialsProvider.builder().build()
                : StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey));
    }

    private static S3Client client(ImageStoreProperties.S3 settings, AwsCredentialsProvider credentials) {
        return S3Client.builder()
                .region(Region.of(settings.region()))
                .endpointOverride(settings.endpoint())
                .credentialsProvider(credentials)
                .forcePathStyle(settings.pathStyle())
                // Many S3-compatible stores do not know the checksum trailers and the chunked signature of the SDK
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(
                        S3Configuration.builder().chunkedEncodingEnabled(false).build())
                .httpClient(UrlConnectionHttpClient.builder()
                        .connectionTimeout(settings.connectTimeout())
                        .socketTimeout(settings.callTimeout())
                        .build())
                .overrideConfiguration(override -> override.apiCallTimeout(settings.callTimeout())
                        .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(ATTEMPTS)
                                .build()))
                .build();
    }

    private static S3Presigner presigner(ImageStoreProperties.S3 settings, AwsCredentialsProvider credentials) {
        URI endpoint = settings.publicEndpoint() == null ? settings.endpoint() : settings.publicEndpoint();
        return S3Presigner.builder()
                .region(Region.of(settings.region()))
                .endpointOverride(endpoint)
                .credentialsProvider(credentials)
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(settings.pathStyle())
                        .build())
                .build();
    }

    @Override
    public void put(ImageKey key, byte[] bytes, String contentType) {
        put(key, ByteBuffer.wrap(bytes), contentType);
    }

    @Override
    public void put(ImageKey key, ByteBuffer bytes, String contentType) {
        try {
            // The SDK's RequestBody.fromBytes and fromByteBuffer would copy the image
            client.putObject(
                    put -> put.bucket(bucket).key(key.value()).contentType(contentType),
                    RequestBody.fromContentProvider(() -> stream(bytes), bytes.remaining(), contentType));
        } catch (SdkException e) {
            throw new ImageStoreException("image %s could not be written to bucket %s".formatted(key, bucket), e);
        }
    }

    private static InputStream stream(ByteBuffer bytes) {
        return new ByteArrayInputStream(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    }

    @Override
    public Optional<byte[]> get(ImageKey key) {
        try {
            return Optional.of(client.getObject(get -> get.bucket(bucket).key(key.value()), S3ImageStore::read));
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        } catch (SdkException e) {
            throw new ImageStoreException("image %s could not be read from bucket %s".formatted(key, bucket), e);
        }
    }

    /** Reads an image into nothing but its array. The SDK's own way needs up to three times as much memory. */
    private static byte[] read(GetObjectResponse object, AbortableInputStream content) throws IOException {
        Long length = object.contentLength();
        if (length == null) {
            return content.readAllBytes();
        }
        byte[] image = new byte[Math.toIntExact(length)];
        if (content.readNBytes(image, 0, image.length) < image.length) {
            throw new EOFException("the store sent less than it said");
        }
        return image;
    }

    @Override
    public Optional<Long> size(ImageKey key) {
        try {
            return Optional.of(client.headObject(head -> head.bucket(bucket).key(key.value()))
                    .contentLength());
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        } catch (SdkException e) {
            throw new ImageStoreException("image %s could not be read from bucket %s".formatted(key, bucket), e);
        }
    }

    @Override
    public URI urlOf(ImageKey key) {
        return addressOf(key).url();
    }

    @Override
    public ImageAddress addressOf(ImageKey key) {
        if (publicBaseUrl != null) {
            return new ImageAddress(BaseUrl.append(publicBaseUrl, key.value()), null);
        }
        try {
            PresignedGetObjectRequest signed =
                    presigner.presignGetObject(presign -> presign.signatureDuration(urlExpiry)
                            .getObjectRequest(get -> get.bucket(bucket).key(key.value())));
            return new ImageAddress(URI.create(signed.url().toString()), signed.expiration());
        } catch (SdkException e) {
            throw new ImageStoreException("an address for image %s could not be signed".formatted(key), e);
        }
    }

    /** Signs the length as well, so the store takes nothing larger. */
    @Override
    public UploadAddress uploadAddress(ImageKey key, String contentType, long length, Duration validity) {
        try {
            PresignedPutObjectRequest signed = presigner.presignPutObject(presign -> presign.signatureDuration(validity)
                    .putObjectRequest(put -> put.bucket(bucket)
                            .key(key.value())
                            .contentType(contentType)
                            .contentLength(length)));
            return new UploadAddress(URI.create(signed.url().toString()), headers(signed), signed.expiration());
        } catch (SdkException e) {
            throw new ImageStoreException("an address for image %s could not be signed".formatted(key), e);
        }
    }

    /** The headers that are signed, without those that every client sends by itself. */
    private static Map<String, String> headers(PresignedPutObjectRequest signed) {
        return signed.signedHeaders().entrySet().stream()
                .filter(header -> !BY_ITSELF.contains(header.getKey().toLowerCase(Locale.ROOT)))
                .collect(Collectors.toMap(
                        // The SDK writes them all in small letters
                        header -> header.getKey().equalsIgnoreCase(CONTENT_TYPE) ? CONTENT_TYPE : header.getKey(),
                        header -> String.join(",", header.getValue())));
    }

    @Override
    public Page keys(@Nullable String after, int limit) {
        try {
            ListObjectsV2Response listed = client.listObjectsV2(
                    list -> list.bucket(bucket).startAfter(after).maxKeys(limit));
            List<String> names = listed.contents().stream().map(S3Object::key).toList();
            return new Page(
                    names.stream()
                            .flatMap(name -> ImageKey.parse(name).stream())
                            .toList(),
                    Boolean.TRUE.equals(listed.isTruncated()) && !names.isEmpty() ? names.getLast() : null);
        } catch (SdkException e) {
            throw new ImageStoreException("the images in bucket %s cannot be listed".formatted(bucket), e);
        }
    }

    @Override
    public void delete(ImageKey key) {
        try {
            client.deleteObject(delete -> delete.bucket(bucket).key(key.value()));
        } catch (SdkException e) {
            throw new ImageStoreException("image %s could not be deleted from bucket %s".formatted(key, bucket), e);
        }
    }

    @Override
    public void close() {
        presigner.close();
        client.close();
    }
}
