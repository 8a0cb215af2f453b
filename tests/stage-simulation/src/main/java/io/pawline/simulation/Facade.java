package io.pawline.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Makes an interface of Kafka's clients of a model that has those of its methods that the runtime calls. */
final class Facade {

    private record Key(Class<?> model, Method method) {}

    private static final Map<Key, Optional<Method>> METHODS = new ConcurrentHashMap<>();

    private Facade() {}

    static <T> T of(Class<? super T> type, Object model) {
        @SuppressWarnings("unchecked") // The proxy implements the type
        T facade = (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
            Method target = METHODS.computeIfAbsent(new Key(model.getClass(), method), Facade::find)
                    .orElseThrow(() -> new UnsupportedOperationException("no model of " + method));
            try {
                return target.invoke(model, arguments);
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause() == null ? thrown : thrown.getCause();
            }
        });
        return facade;
    }

    private static Optional<Method> find(Key key) {
        return Arrays.stream(key.model().getDeclaredMethods())
                .filter(method -> method.getName().equals(key.method().getName()))
                .filter(method ->
                        Arrays.equals(method.getParameterTypes(), key.method().getParameterTypes()))
                .findFirst()
                .map(method -> {
                    method.setAccessible(true);
                    return method;
                });
    }
}
