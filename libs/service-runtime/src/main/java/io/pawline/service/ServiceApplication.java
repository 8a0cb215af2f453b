package io.pawline.service;

import io.pawline.schemas.serde.EventClasses;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;

/**
 * How each of Pawline's services starts: with the settings that all share ({@code pawline-service.yaml}) below its own
 * ({@code <name>.yaml}). The file bears the service's name, so that all of them can live on one class path.
 */
public final class ServiceApplication {

    private ServiceApplication() {}

    /** The service of this name, not yet running. */
    public static SpringApplication of(Class<?> application, String name) {
        EventClasses.trust();
        SpringApplication service = new SpringApplication(application);
        service.setMainApplicationClass(application);
        service.setBannerMode(Banner.Mode.OFF);
        service.setDefaultProperties(
                Map.of("spring.application.name", name, "spring.config.name", "pawline-service," + name));
        return service;
    }
}
