package io.pawline.ingest.upload;

import io.pawline.ingest.http.IngestProblem;
import io.pawline.photos.PhotoFormat;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Holds the JSON body of a request for a direct upload. Each method gives one field, or throws {@link ProblemException}
 * if it is not valid.
 *
 * @param mediaType as which the photo will be sent
 * @param length bytes of the photo
 * @param sha256 of the photo, in hex; null: not checked
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record UploadBody(
        @Nullable String mediaType,
        @Nullable JsonNode length,
        @Nullable String sha256) {

    static final List<String> FIELDS = List.of("media_type", "length", "sha256");

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** In lower case: upper and lower case mean the same in a media type. */
    String checkedMediaType() {
        if (mediaType == null) {
            throw invalid("media_type is missing: send that of the photo, such as image/jpeg");
        }
        String lowerCase = mediaType.toLowerCase(Locale.ROOT);
        if (!PhotoFormat.hasMediaType(lowerCase)) {
            throw invalid("media_type is of no photo that is taken: send that of a %s, such as image/jpeg"
                    .formatted(PhotoFormat.NAMES));
        }
        return lowerCase;
    }

    long checkedLength(long most) {
        if (length == null || length.isNull()) {
            throw invalid("length is missing: send the number of bytes of the photo, from 1 to " + most);
        }
        if (!length.isIntegralNumber() || length.bigIntegerValue().signum() <= 0) {
            throw invalid("length is not the number of bytes of the photo: send a whole number from 1 to " + most);
        }
        if (!length.canConvertToLong() || length.longValue() > most) {
            throw new ProblemException(
                    IngestProblem.PHOTO_TOO_LARGE,
                    "length is more than %d bytes: make the photo smaller".formatted(most));
        }
        return length.longValue();
    }

    @Nullable
    String checkedSha256() {
        String hash = sha256 == null ? null : sha256.toLowerCase(Locale.ROOT);
        if (hash != null && !SHA256.matcher(hash).matches()) {
            throw invalid("sha256 is no SHA-256: it has 64 hexadecimal digits");
        }
        return hash;
    }

    private static ProblemException invalid(String detail) {
        return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
    }
}
