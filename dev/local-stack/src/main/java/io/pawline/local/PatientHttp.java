package io.pawline.local;

import java.time.Duration;
import okhttp3.OkHttpClient;

/** Clients that wait for as long as they are told; OkHttp's own give a silent server up after 10 seconds. */
public final class PatientHttp {

    private PatientHttp() {}

    /**
     * Begins a client, for the caller to build.
     *
     * @param patience longest time for one whole call, more than 0
     */
    public static OkHttpClient.Builder client(Duration patience) {
        return new OkHttpClient.Builder()
                .callTimeout(patience)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO);
    }
}
