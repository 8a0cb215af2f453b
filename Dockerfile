# The image of any service: build the jars (./mvnw package), then
#   docker build --build-arg SERVICE=detect --tag pawline/detect-service .
# Libraries are a layer of their own, so that a new version of a service is a small download.
# and, for the chart's simulated providers and its test,
#   docker build --target local-stack --tag pawline/local-stack .
# and, for the operator's commands,
#   docker build --target cli --tag pawline/cli .
FROM eclipse-temurin:25-jre AS cli
COPY cli/target/pawline-cli.jar /app/
USER 10001:10001
ENTRYPOINT ["java", "-XX:+ExitOnOutOfMemoryError", "-jar", "/app/pawline-cli.jar"]

FROM eclipse-temurin:25-jre AS local-stack
WORKDIR /app
COPY dev/local-stack/target/lib/ ./lib/
COPY dev/local-stack/target/local-stack.jar ./
USER 10001:10001
ENTRYPOINT ["java", "-XX:+ExitOnOutOfMemoryError", "-cp", "/app/local-stack.jar:/app/lib/*", "io.pawline.local.PawlineCommand"]

FROM eclipse-temurin:25-jre AS layers
ARG SERVICE
WORKDIR /layers
COPY ${SERVICE}-service/target/${SERVICE}-service-app.jar app.jar
RUN java -Djarmode=tools -jar app.jar extract --layers --destination .

FROM eclipse-temurin:25-jre
ARG SERVICE
# heif-convert decodes HEIC and AVIF, for the services that get photos; cwebp makes thumbnails in WebP, for finalize-service
RUN case "${SERVICE}" in \
        ingest|detect|generate) packages="libheif-examples libheif-plugin-libde265 libheif-plugin-aomdec" ;; \
        finalize) packages=webp ;; \
        *) exit 0 ;; \
    esac \
    && apt-get update \
    && apt-get install --yes --no-install-recommends $packages \
    && rm -rf /var/lib/apt/lists/*
# glibc keeps what native decoders have freed for each of its arenas, of which there are eight for each processor
ENV MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=layers /layers/dependencies/ ./
COPY --from=layers /layers/spring-boot-loader/ ./
COPY --from=layers /layers/snapshot-dependencies/ ./
COPY --from=layers /layers/application/ ./
# As the chart's runAsUser
USER 10001:10001
ENTRYPOINT ["java", "-XX:+ExitOnOutOfMemoryError", "-jar", "app.jar"]
