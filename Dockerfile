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
WORKDIR /
COPY ${SERVICE}-service/target/${SERVICE}-service-app.jar app.jar
RUN java -Djarmode=tools -jar app.jar extract --layers --destination layers

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
# The classes as they are when the service has been made, loaded and linked (JEP 483, 514): a start takes half of the
# processor time. The start that is recorded has no Kafka and no database, and ends there, or where it needs the
# database. A cache of other files or of another Java is of no use, and does no harm.
RUN { java -XX:AOTCacheOutput=app.aot -Dspring.context.exit=onRefresh -jar app.jar \
        --pawline.image-store.folder=recorded --pawline.image-store.public-base-url=http://localhost \
        --pawline.database.url=jdbc:postgresql://localhost:1/none --pawline.database.username=none \
        --pawline.database.password=none > /dev/null || test -s app.aot; } \
    && rm -rf recorded
# As the chart's runAsUser
USER 10001:10001
ENTRYPOINT ["java", "-XX:AOTCache=app.aot", "-XX:+ExitOnOutOfMemoryError", "-jar", "app.jar"]
