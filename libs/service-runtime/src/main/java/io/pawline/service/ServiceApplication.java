package io.pawline.service;

import io.pawline.schemas.serde.EventClasses;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;

/**
 * Prepares the start of a service: with the settings that all services share ({@code pawline-service.yaml}) below its
 * own ({@code <name>.yaml}). The file has the name of the service, so that several services can be on one class path. A
 * service does not start with a setting of Pawline whose name it does not know.
 */
public final class ServiceApplication {

    private ServiceApplication() {}

    /** Makes the service of this name, not yet running. */
    public static SpringApplication of(Class<?> application, String name) {
        EventClasses.trust();
        SpringApplication service = new SpringApplication(application);
        service.setMainApplicationClass(application);
        service.setBannerMode(Banner.Mode.OFF);
        service.setDefaultProperties(
                Map.of("spring.application.name", name, "spring.config.name", "pawline-service," + name));
        service.addInitializers(
                context -> context.addBeanFactoryPostProcessor(new SettingsCheck(context.getEnvironment(), name)));
        return service;
    }
}
